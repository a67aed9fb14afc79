package nexus.template;

import java.util.ArrayList;
import java.util.List;
import nexus.refusal.Refusal;
import nexus.template.expression.Budget;
import nexus.template.expression.CelText;
import nexus.template.expression.EvaluationFailed;
import nexus.template.expression.Expression;
import nexus.template.expression.WrongExpression;
import nexus.value.Value;

/** A part of a string of a template: text, or an expression between double braces. */
sealed interface Piece {
    int MAX_EXPRESSIONS = 100;
    /** Of a template in UTF-8. */
    int MAX_BYTES = 16 * 1024;

    record Plain(String text) implements Piece {}

    /** @param pointer to the string in the subscription, for messages */
    record Hole(Expression expression, String pointer) implements Piece {
        /** @throws EvaluationFailed with the place in its message */
        Value value(List<Value> variables, Budget budget) {
            try {
                return expression.evaluate(variables, budget);
            } catch (EvaluationFailed e) {
                throw located(e);
            }
        }

        EvaluationFailed located(EvaluationFailed e) {
            return new EvaluationFailed(pointer + " {{" + expression.shown() + "}}: " + e.words());
        }
    }

    /**
     * Splits a string into its pieces.
     *
     * @param mistakes gets everything that is wrong, with its position in the string
     */
    static List<Piece> parse(String text, String pointer, List<Refusal.FieldError> mistakes) {
        List<Piece> pieces = new ArrayList<>();
        int from = 0;
        for (int open = text.indexOf("{{"); open >= 0; open = text.indexOf("{{", from)) {
            if (open > from) {
                pieces.add(new Plain(text.substring(from, open)));
            }
            int start = open + 2;
            int end = end(text, start);
            if (end < 0) {
                mistakes.add(mistake(text, open, pointer, "{{ has no }}"));
                return List.copyOf(pieces);
            }
            hole(text, start, end, pointer, pieces, mistakes);
            from = end + 2;
        }
        if (from < text.length()) {
            pieces.add(new Plain(text.substring(from)));
        }
        return List.copyOf(pieces);
    }

    private static void hole(
            String text, int start, int end, String pointer, List<Piece> pieces, List<Refusal.FieldError> mistakes) {
        String source = text.substring(start, end);
        if (source.isBlank()) {
            mistakes.add(mistake(text, start, pointer, "there is no expression between {{ and }}"));
            return;
        }
        try {
            pieces.add(new Hole(Expression.compile(source, Variables.NAMES), pointer));
        } catch (WrongExpression e) {
            mistakes.add(mistake(text, start + e.offset(), pointer, e.words()));
        }
    }

    /** The place of the braces that close an expression, outside its string literals, comments and own braces; or -1. */
    private static int end(String text, int start) {
        int depth = 0;
        for (int i = start; i < text.length(); i++) {
            switch (text.charAt(i)) {
                case '"', '\'' -> i = CelText.end(text, i) - 1;
                case '{' -> depth++;
                case '}' -> {
                    if (depth == 0) {
                        return text.startsWith("}}", i) ? i : -1;
                    }
                    depth--;
                }
                case '/' -> {
                    int line = text.startsWith("//", i) ? text.indexOf('\n', i) : i;
                    i = line < 0 ? text.length() : line;
                }
                default -> {
                    // part of a name, a number or an operator
                }
            }
        }
        return -1;
    }

    static Refusal.FieldError mistake(String text, int offset, String pointer, String words) {
        String before = text.substring(0, Math.min(offset, text.length()));
        int line = 1 + (int) before.chars().filter(c -> c == '\n').count();
        String ofLine = before.substring(before.lastIndexOf('\n') + 1);
        return new Refusal.FieldError(
                pointer,
                "is wrong at line " + line + ", column " + (1 + ofLine.codePointCount(0, ofLine.length())) + ": "
                        + words);
    }
}
