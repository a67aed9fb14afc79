package nexus.capture.format;

/** The text of a value does not have the shape that the catalog describes. It has no stack trace, because callers handle it. */
public final class MisfitException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String why;

    MisfitException(String why) {
        super(why, null, false, false);
        this.why = why;
    }

    /** The message contains no part of the text. */
    public String why() {
        return why;
    }
}
