package nexus.capture.format;

/** A value's text is not of the shape that the catalog gives its type. Without a stack: the caller has another way. */
public final class MisfitException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String why;

    MisfitException(String why) {
        super(why, null, false, false);
        this.why = why;
    }

    /** Never has any of the text in it. */
    public String why() {
        return why;
    }
}
