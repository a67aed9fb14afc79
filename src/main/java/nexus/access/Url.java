package nexus.access;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Whether a request's URL can be read in one way only. */
final class Url {
    private Url() {}

    /** Every percent sign starts two hexadecimal digits, and what they spell is UTF-8. */
    static boolean isReadable(@Nullable String uri) {
        if (uri == null) {
            return false;
        }
        if (uri.indexOf('%') < 0) {
            return true;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(uri.length());
        for (int i = 0; i < uri.length(); i++) {
            char c = uri.charAt(i);
            if (c != '%') {
                bytes.write(c);
                continue;
            }
            int high = i + 1 < uri.length() ? Character.digit(uri.charAt(i + 1), 16) : -1;
            int low = i + 2 < uri.length() ? Character.digit(uri.charAt(i + 2), 16) : -1;
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
