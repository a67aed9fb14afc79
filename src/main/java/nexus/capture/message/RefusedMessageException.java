package nexus.capture.message;

/**
 * A logical message with one of Nexus's prefixes that is not what the prefix promises. Says which field and why, never
 * what was in it. Without a stack: anybody may send such a message.
 */
public final class RefusedMessageException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String reason;

    RefusedMessageException(String reason) {
        super(reason, null, false, false);
        this.reason = reason;
    }

    public String reason() {
        return reason;
    }
}
