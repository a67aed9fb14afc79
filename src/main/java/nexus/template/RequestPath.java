package nexus.template;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;

/** The rules of a path that is appended to an endpoint's. */
final class RequestPath {
    static final int MAX_LENGTH = 4_096;

    private static final String UNRESERVED = "-._~";
    /** RFC 3986: the characters of a path and a query that are no letters, digits or percent signs. */
    private static final String WRITTEN = UNRESERVED + "!$&'()*+,;=:@/?";

    private RequestPath() {}

    /** What is wrong with a text between two expressions; empty when nothing is. */
    static Optional<String> mistakeIn(String written) {
        for (int i = 0; i < written.length(); i++) { // a pattern's stack would grow with the text
            char c = written.charAt(i);
            boolean isEncoded = c == '%' && isHex(written, i + 1) && isHex(written, i + 2);
            if (!isEncoded && !isLetterOrDigit(c) && WRITTEN.indexOf(c) < 0) {
                return Optional.of(
                        "must have only the characters of a URL's path and query; others are percent-encoded");
            }
        }
        return Optional.empty();
    }

    private static boolean isLetterOrDigit(char c) {
        return c < 0x80 && Character.isLetterOrDigit(c);
    }

    private static boolean isHex(String text, int at) {
        return at < text.length() && text.charAt(at) < 0x80 && Character.digit(text.charAt(at), 16) >= 0;
    }

    /** What is wrong with a whole path; empty when nothing is. */
    static Optional<String> mistakeInAll(String path) {
        int query = path.indexOf('?');
        String before = query < 0 ? path : path.substring(0, query);
        if (before.startsWith("//") || before.indexOf("//", 1) >= 0) {
            return Optional.of("must not have an empty segment");
        }
        for (String segment : before.split("/", -1)) {
            String decoded = segment.toLowerCase(Locale.ROOT).replace("%2e", ".");
            if (decoded.equals(".") || decoded.equals("..")) {
                return Optional.of("must not have the segment . or ..");
            }
        }
        return path.length() > MAX_LENGTH
                ? Optional.of("must not be longer than " + MAX_LENGTH + " characters")
                : Optional.empty();
    }

    /** A value as a part of one segment, or of a query. */
    static String encoded(String value) {
        StringBuilder encoded = new StringBuilder();
        for (byte b : value.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            boolean isPlain = isLetterOrDigit(c) || UNRESERVED.indexOf(c) >= 0;
            if (isPlain) {
                encoded.append(c);
            } else {
                encoded.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
            }
        }
        return encoded.toString();
    }
}
