package nexus.capture;

/** A value's text is not of the shape that the catalog gives its type. Without a stack: the caller has another way. */
final class MisfitException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MisfitException(String expected) {
        super("the text is not " + expected, null, false, false);
    }
}
