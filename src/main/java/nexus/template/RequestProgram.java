package nexus.template;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import nexus.refusal.Refusal;
import nexus.template.expression.Budget;
import nexus.template.expression.EvaluationFailed;
import nexus.template.expression.Expression;
import nexus.template.expression.Written;
import nexus.value.Value;

/** A compiled {@link RequestTemplate}. */
final class RequestProgram {
    private static final Set<String> METHODS = Set.of("POST", "PUT", "PATCH", "DELETE");
    private static final String METHOD_RULE = "must be POST, PUT, PATCH or DELETE";
    private static final int MAX_HEADER = 4_096;
    private static final String HEADER_RULE = "must be printable ASCII of at most " + MAX_HEADER + " characters";
    private static final Pattern HEADER = Pattern.compile("[\\x20-\\x7e\\t]{0," + MAX_HEADER + "}");

    private final Texts method;
    private final Texts path;
    private final Map<String, Texts> headers;

    /** A text with holes, and where it is written. */
    private record Texts(List<Piece> pieces, String pointer) {
        boolean isFixed() {
            return pieces.stream().allMatch(Piece.Plain.class::isInstance);
        }

        Stream<Expression> expressions() {
            return pieces.stream().filter(Piece.Hole.class::isInstance).map(piece -> ((Piece.Hole) piece).expression());
        }

        EvaluationFailed failed(String rule) {
            return new EvaluationFailed(pointer + " " + rule);
        }
    }

    private RequestProgram(Texts method, Texts path, Map<String, Texts> headers) {
        this.method = method;
        this.path = path;
        this.headers = headers;
    }

    /** @param mistakes gets everything that is wrong; the program is complete only when it stays empty */
    static RequestProgram compile(RequestTemplate template, String pointer, List<Refusal.FieldError> mistakes) {
        Texts method = texts(template.method(), pointer + "/method", mistakes);
        Texts path = texts(template.path(), pointer + "/path", mistakes);
        Map<String, Texts> headers = new LinkedHashMap<>();
        template.headers()
                .forEach((name, text) -> headers.put(
                        name,
                        texts(
                                Optional.of(text),
                                pointer + "/headers/" + name.replace("~", "~0").replace("/", "~1"),
                                mistakes)));
        RequestProgram program = new RequestProgram(method, path, headers);
        if (bytes(template) > Piece.MAX_BYTES) {
            mistakes.add(new Refusal.FieldError(pointer, "must have 16 KiB at most"));
        }
        if (program.expressions().size() > Piece.MAX_EXPRESSIONS) {
            mistakes.add(
                    new Refusal.FieldError(pointer, "must have " + Piece.MAX_EXPRESSIONS + " expressions at most"));
        }
        if (mistakes.isEmpty()) {
            program.checkFixed(mistakes);
        }
        return program;
    }

    private static Texts texts(Optional<String> text, String pointer, List<Refusal.FieldError> mistakes) {
        boolean isTooLong = text.orElse("").length() > Piece.MAX_BYTES; // refused as a whole
        return new Texts(isTooLong ? List.of() : Piece.parse(text.orElse(""), pointer, mistakes), pointer);
    }

    private static long bytes(RequestTemplate template) {
        return Stream.concat(
                        Stream.of(template.method().orElse(""), template.path().orElse("")),
                        template.headers().entrySet().stream().flatMap(h -> Stream.of(h.getKey(), h.getValue())))
                .mapToLong(text -> text.getBytes(StandardCharsets.UTF_8).length)
                .sum();
    }

    /** Checks what does not depend on an event. */
    private void checkFixed(List<Refusal.FieldError> mistakes) {
        if (method.isFixed() && !method.pieces().isEmpty()) {
            check(method, mistakes, () -> method(List.of(), new Budget()));
        }
        StringBuilder whole = new StringBuilder();
        for (Piece piece : path.pieces()) {
            String written = piece instanceof Piece.Plain plain ? plain.text() : "x";
            RequestPath.mistakeIn(written)
                    .ifPresent(rule -> mistakes.add(new Refusal.FieldError(path.pointer(), rule)));
            whole.append(written);
        }
        if (mistakes.isEmpty()) {
            RequestPath.mistakeInAll(whole.toString())
                    .ifPresent(rule -> mistakes.add(new Refusal.FieldError(path.pointer(), rule)));
        }
        headers.forEach((name, texts) -> {
            for (Piece piece : texts.pieces()) {
                if (piece instanceof Piece.Plain plain
                        && !HEADER.matcher(plain.text()).matches()) {
                    mistakes.add(new Refusal.FieldError(texts.pointer(), HEADER_RULE));
                    break;
                }
            }
        });
    }

    private static void check(Texts texts, List<Refusal.FieldError> mistakes, Runnable render) {
        try {
            render.run();
        } catch (EvaluationFailed e) {
            mistakes.add(new Refusal.FieldError(texts.pointer(), METHOD_RULE));
        }
    }

    /** About how many bytes of memory it takes. */
    long weight() {
        long weight = 512;
        for (Texts texts : headers.values()) {
            weight += 256 + 160L * texts.pieces().size();
        }
        return weight + expressions().stream().mapToLong(Expression::weight).sum();
    }

    List<Expression> expressions() {
        List<Expression> all = new ArrayList<>();
        Stream.concat(Stream.of(method, path), headers.values().stream())
                .flatMap(Texts::expressions)
                .forEach(all::add);
        return all;
    }

    Rendered<RequestParts> render(List<Value> variables) {
        Budget budget = new Budget();
        try {
            return new Rendered.Made<>(
                    new RequestParts(method(variables, budget), path(variables, budget), headers(variables, budget)));
        } catch (EvaluationFailed e) {
            return new Rendered.Failed<>(e.words());
        }
    }

    private String method(List<Value> variables, Budget budget) {
        String word = method.pieces().isEmpty()
                ? "POST"
                : text(method, variables, budget).strip();
        if (!METHODS.contains(word)) {
            throw method.failed(METHOD_RULE);
        }
        return word;
    }

    private String path(List<Value> variables, Budget budget) {
        StringBuilder all = new StringBuilder();
        for (Piece piece : path.pieces()) {
            switch (piece) {
                case Piece.Plain plain -> all.append(plain.text());
                case Piece.Hole hole -> all.append(RequestPath.encoded(inPath(hole, all, variables, budget)));
            }
        }
        String suffix = all.isEmpty() || all.charAt(0) == '/' || all.charAt(0) == '?' ? all.toString() : "/" + all;
        RequestPath.mistakeInAll(suffix).ifPresent(rule -> {
            throw path.failed(rule);
        });
        return suffix;
    }

    /** An empty value would name another resource, such as all orders instead of one. */
    private String inPath(Piece.Hole hole, CharSequence before, List<Value> variables, Budget budget) {
        Value value = hole.value(variables, budget);
        if (value instanceof Value.Items
                || (value instanceof Value.Fields fields && !fields.names().isEmpty())) {
            throw hole.located(new EvaluationFailed("a list or an object has no place in a path"));
        }
        String text = Written.text(value, budget);
        if (text.isEmpty() && before.toString().indexOf('?') < 0) {
            throw hole.located(new EvaluationFailed("the value is empty"));
        }
        if (text.length() > RequestPath.MAX_LENGTH) {
            throw path.failed("must not be longer than " + RequestPath.MAX_LENGTH + " characters");
        }
        return text;
    }

    /** A header without a value is left out. */
    private Map<String, String> headers(List<Value> variables, Budget budget) {
        Map<String, String> rendered = new LinkedHashMap<>();
        headers.forEach((name, texts) -> {
            String value = text(texts, variables, budget).strip();
            if (!HEADER.matcher(value).matches()) {
                throw texts.failed(HEADER_RULE);
            }
            if (!value.isEmpty()) {
                rendered.put(name, value);
            }
        });
        return rendered;
    }

    private static String text(Texts texts, List<Value> variables, Budget budget) {
        StringBuilder all = new StringBuilder();
        for (Piece piece : texts.pieces()) {
            switch (piece) {
                case Piece.Plain plain -> all.append(plain.text());
                case Piece.Hole hole -> all.append(Written.text(hole.value(variables, budget), budget));
            }
            if (all.length() > Budget.MAX_RESULT) {
                throw texts.failed("is longer than 256 KiB");
            }
        }
        return all.toString();
    }
}
