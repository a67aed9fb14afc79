package nexus.capture;

/**
 * The messages are well-formed one by one but don't make sense together: a row before its RELATION, a BEGIN inside a
 * transaction. Connect again and read from the stored position.
 */
public final class BrokenStreamException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BrokenStreamException(String message) {
        super(message);
    }
}
