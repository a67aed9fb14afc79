package nexus.publish;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import nexus.refusal.Refusal;

/** The header {@code Idempotency-Key}: bare, or quoted like a string of a structured field (RFC 9651). */
final class IdempotencyKey {
    static final String HEADER = "Idempotency-Key";

    private static final Pattern BARE = Pattern.compile("[\\x21-\\x7e]{1,255}");
    private static final Pattern QUOTED =
            Pattern.compile("\"((?:[\\x20-\\x21\\x23-\\x5b\\x5d-\\x7e]|\\\\[\"\\\\])*)\"");

    private IdempotencyKey() {}

    /**
     * @param values of all headers of this name
     * @throws Refusal.Invalid naming the header
     */
    static Optional<String> parse(List<String> values) {
        if (values.isEmpty()) {
            return Optional.empty();
        }
        if (values.size() > 1) {
            throw new Refusal.Invalid(HEADER, "must be sent once");
        }
        String value = values.getFirst().strip();
        Matcher quoted = QUOTED.matcher(value);
        String key = quoted.matches() ? quoted.group(1).replaceAll("\\\\(.)", "$1") : value;
        if (!BARE.matcher(key).matches() || (value.startsWith("\"") && !quoted.matches())) {
            throw new Refusal.Invalid(HEADER, "must be 1 to 255 visible ASCII characters, bare or in double quotes");
        }
        return Optional.of(key);
    }
}
