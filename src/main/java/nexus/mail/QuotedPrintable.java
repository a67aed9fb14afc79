package nexus.mail;

import java.nio.charset.StandardCharsets;

/**
 * Text of a mail's body in lines that every server takes.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc2045#section-6.7">RFC 2045, 6.7</a>
 */
final class QuotedPrintable {
    private static final int MAX_LINE = 75; // and the sign of a soft line break
    private static final String HEX = "0123456789ABCDEF";

    private QuotedPrintable() {}

    /** @return ASCII with CRLF after each line, also the last */
    static StringBuilder of(String text) {
        StringBuilder encoded = new StringBuilder(text.length() + text.length() / 16 + 16);
        for (String line : text.split("\r\n|\r|\n", -1)) {
            line(line.getBytes(StandardCharsets.UTF_8), encoded);
        }
        return encoded;
    }

    private static void line(byte[] line, StringBuilder encoded) {
        int column = 0;
        for (int i = 0; i < line.length; i++) {
            int b = line[i] & 0xff;
            boolean isBlank = b == ' ' || b == '\t';
            boolean isPlain = (b > ' ' && b <= '~' && b != '=') || (isBlank && i < line.length - 1);
            int width = isPlain ? 1 : 3;
            if (column + width > MAX_LINE) {
                encoded.append("=\r\n");
                column = 0;
            }
            if (isPlain) {
                encoded.append((char) b);
            } else {
                encoded.append('=').append(HEX.charAt(b >> 4)).append(HEX.charAt(b & 15));
            }
            column += width;
        }
        encoded.append("\r\n");
    }
}
