package nexus.capture;

/**
 * The messages are well-formed, but their sequence is not: a row before its RELATION, a BEGIN inside a transaction. The
 * reader must connect again and read from the stored position.
 */
public final class BrokenStreamException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BrokenStreamException(String message) {
        super(message);
    }
}
