package nexus.webhook.answer;

/**
 * How much may arrive for one request, everything included: informational answers, headers, framing and body.
 *
 * @param headerBytes of one head
 * @param answerBytes of a body that are kept; the connection is closed when more arrive
 */
public record AnswerLimits(int headerBytes, int answerBytes) {
    /** Answers from 100 to 199 before the final one. */
    static final int INFORMATIONAL = 256;

    /** HTTP/2 frames of any type for one request. */
    static final int FRAMES = 2_048;

    /** The largest piece that one read of a socket yields. */
    private static final int READ_BYTES = 64 * 1024;

    public AnswerLimits {
        if (headerBytes < 1 || answerBytes < 1) {
            throw new IllegalArgumentException("limits must be above zero: " + headerBytes + ", " + answerBytes);
        }
    }

    /** Bytes on the wire after TLS. Room for a body in chunks of one byte, which takes six bytes for each. */
    long bytes() {
        return READ_BYTES + 4L * headerBytes + 8L * answerBytes;
    }
}
