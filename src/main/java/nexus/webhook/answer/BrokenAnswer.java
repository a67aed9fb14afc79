package nexus.webhook.answer;

import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.InvalidLineSeparatorException;
import io.netty.handler.codec.http.TooLongHttpLineException;

/** An answer that breaks HTTP, in Nexus's own words: the message holds no byte of the receiver and is fit for a log. */
public final class BrokenAnswer extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The status that Netty gives to an answer whose first line it cannot read. */
    private static final int NO_STATUS = 999;

    private final boolean isBreach;

    BrokenAnswer(String words) {
        this(words, true);
    }

    /** @param isBreach the receiver breaks HTTP; false: the connection ended, which Nexus may have done itself */
    BrokenAnswer(String words, boolean isBreach) {
        super(words, null, false, false);
        this.isBreach = isBreach;
    }

    boolean isBreach() {
        return isBreach;
    }

    public String words() {
        return String.valueOf(getMessage());
    }

    /** Words for a head that Netty's decoder refuses. */
    static String inHead(HttpResponse head, Throwable cause) {
        return switch (cause) {
            case TooLongHttpLineException e -> "the answer's first line is too long";
            case TooLongFrameException e -> "the answer's headers are too large";
            case InvalidLineSeparatorException e -> "a line of the answer's head does not end with CR LF";
            default -> {
                String message = String.valueOf(cause.getMessage());
                if (head.status().code() == NO_STATUS) {
                    yield "the answer's status line is malformed: it is not HTTP";
                } else if (message.contains("No colon found")) {
                    yield "a header of the answer has no colon";
                } else if (message.contains("Content-Length") || cause instanceof NumberFormatException) {
                    yield "the answer's Content-Length is contradictory or not a number";
                } else {
                    yield "a header of the answer is malformed";
                }
            }
        };
    }

    /** Words for a part of the body that Netty's decoder refuses. */
    static String inBody(Throwable cause) {
        return cause instanceof TooLongFrameException
                ? "a chunk's first line or the trailers of the answer are too large"
                : "a chunk of the answer is malformed";
    }
}
