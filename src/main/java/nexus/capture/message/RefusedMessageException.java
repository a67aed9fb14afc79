package nexus.capture.message;

/**
 * A logical message with one of Nexus's prefixes whose content is wrong. The message names the field and the reason, never
 * the content. It has no stack trace, because any role can send such messages.
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
