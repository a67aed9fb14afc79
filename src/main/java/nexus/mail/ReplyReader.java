package nexus.mail;

import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads replies out of the bytes that a server sends, within bounds. */
final class ReplyReader {
    /** RFC 5321 allows 512, and servers write more. */
    private static final int MAX_LINE = 4_096;

    private static final int MAX_LINES = 200;

    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private final List<String> lines = new ArrayList<>(); // of a reply whose last line has not come
    private int code;

    /** The server broke the protocol. */
    static final class BrokenReply extends Exception {
        private static final long serialVersionUID = 1L;

        BrokenReply(String message) {
            super(message);
        }
    }

    /** The replies that the bytes complete, in order. */
    List<SmtpReply> read(Buffer bytes) throws BrokenReply {
        List<SmtpReply> replies = new ArrayList<>(1);
        for (int i = 0; i < bytes.length(); i++) {
            byte b = bytes.getByte(i);
            if (b != '\n') {
                if (line.size() == MAX_LINE) {
                    throw new BrokenReply("a line of its reply is too long");
                }
                line.write(b);
            } else if (endLine()) {
                replies.add(new SmtpReply(code, lines));
                lines.clear();
            }
        }
        return replies;
    }

    /** Whether the last reply is complete. */
    boolean isBetweenReplies() {
        return line.size() == 0 && lines.isEmpty();
    }

    /** @return whether it was the last line of a reply */
    private boolean endLine() throws BrokenReply {
        String text = line.toString(StandardCharsets.UTF_8);
        line.reset();
        if (text.endsWith("\r")) {
            text = text.substring(0, text.length() - 1);
        }
        int given = code(text);
        if (!lines.isEmpty() && given != code) {
            throw new BrokenReply("its reply has two codes");
        }
        if (lines.size() == MAX_LINES) {
            throw new BrokenReply("its reply has too many lines");
        }
        code = given;
        lines.add(printable(text.substring(Math.min(4, text.length()))));
        return text.length() < 4 || text.charAt(3) != '-';
    }

    private static int code(String line) throws BrokenReply {
        if (!line.matches("[2-5][0-9]{2}([ -].*)?")) {
            throw new BrokenReply("it does not speak SMTP");
        }
        return Integer.parseInt(line.substring(0, 3));
    }

    /** The text reaches logs of attempts, where a database refuses NUL and a terminal obeys controls. */
    private static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}", " ");
    }
}
