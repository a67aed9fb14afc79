package nexus.page;

import java.util.List;
import java.util.Map;
import nexus.value.JsonValues;
import nexus.value.Value;

/**
 * An answer of the API.
 *
 * @param text the body as it came
 */
public record ApiAnswer(int status, String text) {
    /** Raised by {@link #orRefuse}; the page shows it as its own state. */
    static final class RefusedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient ApiAnswer answer;

        RefusedException(ApiAnswer answer) {
            super("the API answered " + answer.status(), null, false, false);
            this.answer = answer;
        }

        ApiAnswer answer() {
            return answer;
        }
    }

    public boolean isGood() {
        return status >= 200 && status < 300;
    }

    /** The body as maps, lists, texts and numbers; an empty map when it is not an object. */
    @SuppressWarnings("unchecked")
    public Map<String, Object> json() {
        return PlainJson.of(value()) instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
    }

    /** The body, digit for digit. */
    public Value value() {
        try {
            return JsonValues.read(text);
        } catch (IllegalArgumentException e) {
            return Value.MISSING;
        }
    }

    /** The items of a list. */
    @SuppressWarnings("unchecked")
    public List<Map<String, Object>> data() {
        return json().get("data") instanceof List<?> list ? (List<Map<String, Object>>) list : List.of();
    }

    /** The body, if the API has not refused; otherwise the page shows its refusal in place of everything else. */
    public Map<String, Object> orRefuse() {
        if (!isGood()) {
            throw new RefusedException(this);
        }
        return json();
    }

    /** Why the API has refused: its detail, and the fields that are wrong. */
    public String refusal() {
        Map<String, Object> problem = json();
        StringBuilder text = new StringBuilder(
                problem.get("detail") instanceof String detail ? detail : "The API answered with " + status + ".");
        if (problem.get("errors") instanceof List<?> errors) {
            for (Object error : errors) {
                if (error instanceof Map<?, ?> one) {
                    text.append(' ')
                            .append(one.get("pointer"))
                            .append(": ")
                            .append(one.get("detail"))
                            .append('.');
                }
            }
        }
        return text.toString();
    }
}
