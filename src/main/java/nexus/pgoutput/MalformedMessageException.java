package nexus.pgoutput;

/** Bytes that are not a whole message of protocol 1. The message names the tag and the offset, never a row's values. */
public final class MalformedMessageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MalformedMessageException(String message) {
        super(message);
    }
}
