package nexus.filter;

/** A truth value of Kleene's three-valued logic. */
public enum Truth {
    FALSE,
    UNKNOWN,
    TRUE;

    static Truth of(boolean value) {
        return value ? TRUE : FALSE;
    }

    Truth not() {
        return switch (this) {
            case FALSE -> TRUE;
            case UNKNOWN -> UNKNOWN;
            case TRUE -> FALSE;
        };
    }

    /** The least of both. */
    Truth and(Truth other) {
        return compareTo(other) < 0 ? this : other;
    }

    /** The greatest of both. */
    Truth or(Truth other) {
        return compareTo(other) > 0 ? this : other;
    }
}
