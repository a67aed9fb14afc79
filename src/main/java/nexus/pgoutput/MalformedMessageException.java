package nexus.pgoutput;

/** The bytes are not exactly one message of protocol 1. The exception names the tag and the offset, never values of a row. */
public final class MalformedMessageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MalformedMessageException(String message) {
        super(message);
    }
}
