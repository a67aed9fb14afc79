package nexus.refusal;

import java.util.List;
import java.util.Objects;

/**
 * A caller's mistake, described in words that may be shown to the caller. Expected outcomes inside Nexus are values
 * instead, and broken invariants are plain exceptions, which become a 500.
 */
public abstract sealed class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String code;

    private Refusal(String code, String message) {
        super(Objects.requireNonNull(message), null, false, false);
        this.code = code;
    }

    /** Stable, in lower case with dashes. Part of the API. */
    public final String code() {
        return code;
    }

    /** One wrong field. {@code pointer} is a JSON pointer (RFC 6901) into the body, or a query parameter's name. */
    public record FieldError(String pointer, String detail) {
        private String inWords() {
            return (pointer.isEmpty() ? "The body" : pointer) + " " + detail;
        }
    }

    /** The request cannot be parsed: 400. */
    public static final class Malformed extends Refusal {
        private static final long serialVersionUID = 1L;

        public Malformed(String message) {
            super("malformed", message);
        }
    }

    /** A field is wrong or unknown: 422. */
    public static final class Invalid extends Refusal {
        private static final long serialVersionUID = 1L;

        @SuppressWarnings("serial") // never serialised
        private final List<FieldError> errors;

        public Invalid(String pointer, String detail) {
            this(List.of(new FieldError(pointer, detail)));
        }

        public Invalid(List<FieldError> errors) {
            this("invalid", errors);
        }

        public Invalid(String code, List<FieldError> errors) {
            super(code, errors.getFirst().inWords());
            this.errors = List.copyOf(errors);
        }

        public List<FieldError> errors() {
            return errors;
        }
    }

    /** The resource does not exist: 404. */
    public static final class NotFound extends Refusal {
        private static final long serialVersionUID = 1L;

        public NotFound(String message) {
            super("not-found", message);
        }
    }

    /** The request conflicts with the current state: 409. */
    public static final class Conflict extends Refusal {
        private static final long serialVersionUID = 1L;

        public Conflict(String code, String message) {
            super(code, message);
        }
    }

    /** The resource existed and is gone for good: 410. */
    public static final class Gone extends Refusal {
        private static final long serialVersionUID = 1L;

        public Gone(String message) {
            super("gone", message);
        }
    }

    /** Too many bytes or too many items: 413. */
    public static final class TooLarge extends Refusal {
        private static final long serialVersionUID = 1L;

        public TooLarge(String message) {
            super("too-large", message);
        }
    }

    /** Temporarily unavailable: 503. */
    public static final class Unavailable extends Refusal {
        private static final long serialVersionUID = 1L;

        public Unavailable(String message) {
            super("unavailable", message);
        }
    }
}
