package nexus.template;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import nexus.notation.StrictJson;
import nexus.refusal.Refusal;
import nexus.template.expression.Budget;
import nexus.template.expression.EvaluationFailed;
import nexus.template.expression.Expression;
import nexus.template.expression.Written;
import nexus.value.JsonValues;
import nexus.value.Value;
import nexus.value.ValueWriter;

/** A compiled {@link Template}: the JSON text with holes in it. */
final class TransformProgram {
    private static final JsonFactory STRICT = StrictJson.factory(Budget.MAX_RESULT, Budget.MAX_RESULT);

    private final List<Part> parts;
    private final boolean hasComputedNames;

    private TransformProgram(List<Part> parts, boolean hasComputedNames) {
        this.parts = parts;
        this.hasComputedNames = hasComputedNames;
    }

    private sealed interface Part {
        /** JSON as it is written. */
        record Fixed(String json) implements Part {}

        /** A value of its own. */
        record Whole(Piece.Hole hole) implements Part {}

        /** A part of a string. */
        record Inside(Piece.Hole hole) implements Part {}
    }

    /** @param mistakes gets everything that is wrong; the program is complete only when it stays empty */
    static TransformProgram compile(String json, String pointer, List<Refusal.FieldError> mistakes) {
        if (json.getBytes(StandardCharsets.UTF_8).length > Piece.MAX_BYTES) {
            mistakes.add(new Refusal.FieldError(pointer, "must have 16 KiB at most"));
            return new TransformProgram(List.of(), false);
        }
        Compiler compiler = new Compiler(mistakes);
        compiler.value(JsonValues.read(json), pointer);
        compiler.endFixed();
        if (compiler.expressions > Piece.MAX_EXPRESSIONS) {
            mistakes.clear(); // of expressions that are too many, one mistake is enough
            mistakes.add(
                    new Refusal.FieldError(pointer, "must have " + Piece.MAX_EXPRESSIONS + " expressions at most"));
        }
        return new TransformProgram(List.copyOf(compiler.parts), compiler.hasComputedNames);
    }

    /** About how many bytes of memory it takes. */
    long weight() {
        long weight = 256;
        for (Part part : parts) {
            weight += part instanceof Part.Fixed fixed ? 80 + fixed.json().length() : 160;
        }
        return weight + expressions().stream().mapToLong(Expression::weight).sum();
    }

    List<Expression> expressions() {
        return parts.stream()
                .flatMap(part -> switch (part) {
                    case Part.Fixed fixed -> Stream.<Expression>empty();
                    case Part.Whole whole -> Stream.of(whole.hole().expression());
                    case Part.Inside inside -> Stream.of(inside.hole().expression());
                })
                .toList();
    }

    /** In UTF-8. */
    Rendered<byte[]> render(List<Value> variables) {
        try {
            byte[] json = json(variables, new Budget()).getBytes(StandardCharsets.UTF_8);
            if (json.length > Budget.MAX_RESULT) {
                throw Written.tooLong();
            }
            if (hasComputedNames && !hasEachNameOnce(json)) {
                throw new EvaluationFailed("an object of the result has one name twice");
            }
            return new Rendered.Made<>(json);
        } catch (EvaluationFailed e) {
            return new Rendered.Failed<>(e.words());
        }
    }

    private String json(List<Value> variables, Budget budget) {
        StringBuilder out = new StringBuilder();
        for (Part part : parts) {
            switch (part) {
                case Part.Fixed fixed -> out.append(fixed.json());
                case Part.Whole whole -> whole(whole.hole(), variables, out, budget);
                case Part.Inside inside -> inside(inside.hole(), variables, out, budget);
            }
            if (out.length() > Budget.MAX_RESULT) {
                throw Written.tooLong();
            }
        }
        return out.toString();
    }

    private static void whole(Piece.Hole hole, List<Value> variables, StringBuilder out, Budget budget) {
        Value value = hole.value(variables, budget);
        try {
            Written.json(value, out, budget);
        } catch (EvaluationFailed e) {
            throw hole.located(e);
        }
    }

    private static void inside(Piece.Hole hole, List<Value> variables, StringBuilder out, Budget budget) {
        Value value = hole.value(variables, budget);
        try {
            String text = Written.text(value, budget);
            if (text.length() > Budget.MAX_RESULT) {
                throw Written.tooLong();
            }
            String quoted = ValueWriter.quoted(text);
            out.append(quoted, 1, quoted.length() - 1);
        } catch (EvaluationFailed e) {
            throw hole.located(e);
        }
    }

    private static boolean hasEachNameOnce(byte[] json) {
        try (JsonParser parser = STRICT.createParser(json)) {
            while (parser.nextToken() != null) {
                // reads on to the end
            }
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static final class Compiler {
        private final List<Part> parts = new ArrayList<>();
        private final StringBuilder fixed = new StringBuilder();
        private final List<Refusal.FieldError> mistakes;
        private int expressions;
        private boolean hasComputedNames;

        Compiler(List<Refusal.FieldError> mistakes) {
            this.mistakes = mistakes;
        }

        void value(Value value, String pointer) {
            switch (value) {
                case Value.Text text -> string(text.value(), pointer, false);
                case Value.Items items -> items(items, pointer);
                case Value.Fields fields -> fields(fields, pointer);
                case Value.Missing m -> fixed.append("null");
                case Value.Unknown u -> fixed.append("null");
                case Value.Null n -> fixed.append("null");
                case Value.Bool bool -> fixed.append(bool.value());
                case Value.Num num -> fixed.append(num.text());
            }
        }

        private void items(Value.Items items, String pointer) {
            fixed.append('[');
            int at = 0;
            for (Value item : items.values()) {
                fixed.append(at == 0 ? "" : ",");
                value(item, pointer + "/" + at);
                at++;
            }
            fixed.append(']');
        }

        private void fields(Value.Fields fields, String pointer) {
            fixed.append('{');
            boolean isFirst = true;
            for (String name : fields.names()) {
                fixed.append(isFirst ? "" : ",");
                isFirst = false;
                String at = pointer + "/" + name.replace("~", "~0").replace("/", "~1");
                string(name, at, true);
                fixed.append(':');
                value(fields.get(name), at);
            }
            fixed.append('}');
        }

        private void string(String text, String pointer, boolean isName) {
            if (expressions > Piece.MAX_EXPRESSIONS) {
                return; // refused already
            }
            int mistakesBefore = mistakes.size();
            List<Piece> pieces = Piece.parse(text, pointer, mistakes);
            expressions += Math.max(0, mistakes.size() - mistakesBefore);
            if (!isName && pieces.size() == 1 && pieces.getFirst() instanceof Piece.Hole hole) {
                part(new Part.Whole(hole));
                return;
            }
            fixed.append('"');
            for (Piece piece : pieces) {
                switch (piece) {
                    case Piece.Plain plain -> {
                        String quoted = ValueWriter.quoted(plain.text());
                        fixed.append(quoted, 1, quoted.length() - 1);
                    }
                    case Piece.Hole hole -> {
                        hasComputedNames |= isName;
                        part(new Part.Inside(hole));
                    }
                }
            }
            fixed.append('"');
        }

        private void part(Part part) {
            endFixed();
            parts.add(part);
            expressions++;
        }

        void endFixed() {
            if (!fixed.isEmpty()) {
                parts.add(new Part.Fixed(fixed.toString()));
                fixed.setLength(0);
            }
        }
    }
}
