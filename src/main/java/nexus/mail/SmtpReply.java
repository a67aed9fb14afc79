package nexus.mail;

import java.util.List;

/**
 * One reply of a server.
 *
 * @param code from 200 to 599
 * @param lines without the code; at least one, perhaps empty
 * @see <a href="https://www.rfc-editor.org/rfc/rfc5321#section-4.2">RFC 5321, 4.2</a>
 */
record SmtpReply(int code, List<String> lines) {
    private static final int MAX_TEXT = 500;

    SmtpReply {
        lines = List.copyOf(lines);
    }

    boolean isPositive() {
        return code < 300;
    }

    /** Whether the server asks for the rest of a command. */
    boolean isIntermediate() {
        return code >= 300 && code < 400;
    }

    boolean isTransient() {
        return code >= 400 && code < 500;
    }

    boolean isPermanent() {
        return code >= 500;
    }

    /** Code and text in one line, shortened. */
    String text() {
        StringBuilder text = new StringBuilder().append(code);
        for (String line : lines) {
            if (!line.isBlank()) {
                text.append(' ').append(line.strip());
            }
        }
        return text.length() > MAX_TEXT ? text.substring(0, MAX_TEXT) + '…' : text.toString();
    }
}
