package nexus.template;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** The rules of a path that is appended to an endpoint's. */
final class RequestPath {
    static final int MAX_LENGTH = 4_096;

    private static final String UNRESERVED = "-._~";
    /** RFC 3986: the characters of a path and a query. */
    private static final Pattern WRITTEN = Pattern.compile("([A-Za-z0-9\\-._~!$&'()*+,;=:@/?]|%[0-9A-Fa-f]{2})*");

    private RequestPath() {}

    /** What is wrong with a text between two expressions; empty when nothing is. */
    static Optional<String> mistakeIn(String written) {
        return WRITTEN.matcher(written).matches()
                ? Optional.empty()
                : Optional.of("must have only the characters of a URL's path and query; others are percent-encoded");
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
            boolean isPlain = c < 0x80 && (Character.isLetterOrDigit(c) || UNRESERVED.indexOf(c) >= 0);
            if (isPlain) {
                encoded.append(c);
            } else {
                encoded.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
            }
        }
        return encoded.toString();
    }
}
