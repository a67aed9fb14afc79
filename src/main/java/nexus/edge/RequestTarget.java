package nexus.edge;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Checks that a request's target (RFC 9112 §3.2) has only one possible reading. */
final class RequestTarget {
    private RequestTarget() {}

    /**
     * It is a path, a URL with http or https, or {@code *}; has no backslash, control character, blank, fragment or
     * character outside ASCII; every percent sign starts two hexadecimal digits, and what they spell is UTF-8.
     */
    static boolean isReadable(String target) {
        return hasKnownForm(target) && target.chars().allMatch(RequestTarget::isPlain) && isPercentEncodedUtf8(target);
    }

    private static boolean hasKnownForm(String target) {
        return target.startsWith("/")
                || target.equals("*")
                || target.regionMatches(true, 0, "http://", 0, 7)
                || target.regionMatches(true, 0, "https://", 0, 8);
    }

    private static boolean isPlain(int c) {
        return c > ' ' && c < 0x7f && c != '\\' && c != '#';
    }

    private static boolean isPercentEncodedUtf8(String target) {
        if (target.indexOf('%') < 0) {
            return true;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(target.length());
        for (int i = 0; i < target.length(); i++) {
            char c = target.charAt(i);
            if (c != '%') {
                bytes.write(c);
                continue;
            }
            int high = i + 1 < target.length() ? Character.digit(target.charAt(i + 1), 16) : -1;
            int low = i + 2 < target.length() ? Character.digit(target.charAt(i + 2), 16) : -1;
            if (high < 0 || low < 0) {
                return false;
            }
            bytes.write(high << 4 | low);
            i += 2;
        }
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes.toByteArray()));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
