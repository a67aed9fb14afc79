package nexus.mail;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import nexus.target.MailAddress;

/**
 * Values of mail headers. Whatever a value contains, it stays one value: no line of it can begin another header.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc2047">RFC 2047</a>
 */
final class HeaderText {
    private static final String FOLD = "\r\n ";
    private static final int MAX_LINE = 76;
    /** Without {@code =?UTF-8?B?} and {@code ?=}, an encoded word of 75 characters has room for this many bytes. */
    private static final int BYTES_OF_WORD = 45;

    private static final int BYTES_OF_FIRST_WORD = 30;

    private HeaderText() {}

    /**
     * A text that anybody may have written.
     *
     * @param used characters of the first line before the value
     */
    static String of(String text, int used) {
        String line = withoutControls(text);
        return isPlain(line) ? folded(line, used) : encoded(line);
    }

    /** A mailbox in a list of them. */
    static String of(MailAddress mailbox) {
        String name = withoutControls(mailbox.name());
        if (name.isEmpty()) {
            return mailbox.address();
        }
        String phrase = isPlain(name) && name.length() <= MAX_LINE / 2
                ? '"' + name.replace("\\", "\\\\").replace("\"", "\\\"") + '"'
                : encoded(name);
        return phrase + FOLD + '<' + mailbox.address() + '>';
    }

    private static String withoutControls(String text) {
        return text.replaceAll("[\\s\\p{Cntrl}\u0085\u2028\u2029]+", " ").strip();
    }

    /** Whether it can be written as it is: ASCII, no word looks encoded, and each fits in a line. */
    private static boolean isPlain(String text) {
        if (text.contains("=?")) {
            return false;
        }
        int word = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            word = c == ' ' ? 0 : word + 1;
            if (c < 0x20 || c > 0x7e || word >= MAX_LINE - 2 || (c == ' ' && i > 0 && text.charAt(i - 1) == ' ')) {
                return false;
            }
        }
        return true;
    }

    private static String folded(String text, int used) {
        StringBuilder folded = new StringBuilder();
        int column = used;
        for (String word : text.split(" ", -1)) {
            if (!folded.isEmpty()) {
                boolean fits = column + 1 + word.length() <= MAX_LINE;
                folded.append(fits ? " " : FOLD);
                column = fits ? column + 1 : 1;
            }
            folded.append(word);
            column += word.length();
        }
        return folded.toString();
    }

    /** Encoded words; a character is never divided between two. */
    private static String encoded(String text) {
        StringBuilder words = new StringBuilder();
        StringBuilder word = new StringBuilder();
        int bytes = 0;
        int room = BYTES_OF_FIRST_WORD;
        for (int i = 0; i < text.length(); ) {
            String character = Character.toString(text.codePointAt(i));
            int size = character.getBytes(StandardCharsets.UTF_8).length;
            if (bytes + size > room) {
                append(words, word);
                word.setLength(0);
                bytes = 0;
                room = BYTES_OF_WORD;
            }
            word.append(character);
            bytes += size;
            i += character.length();
        }
        append(words, word);
        return words.toString();
    }

    private static void append(StringBuilder words, StringBuilder word) {
        words.append(words.isEmpty() ? "" : FOLD)
                .append("=?UTF-8?B?")
                .append(Base64.getEncoder().encodeToString(word.toString().getBytes(StandardCharsets.UTF_8)))
                .append("?=");
    }
}
