package nexus.webhook.answer;

import io.netty.buffer.ByteBuf;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.BiConsumer;

/**
 * Headers of one request as the bytes that HTTP/1.1 sends. Vert.x would copy each header twice, and netty would write it
 * character by character.
 */
public final class HeaderBlock implements BiConsumer<CharSequence, CharSequence> {
    private static final int USUAL_BYTES = 768;

    private byte[] bytes = new byte[USUAL_BYTES];
    private int size;

    /**
     * Adds a header.
     *
     * @param name a token
     * @throws IllegalArgumentException when the value has other characters than printable ASCII, blanks and tabs
     */
    @Override
    public void accept(CharSequence name, CharSequence value) {
        int needed = size + name.length() + value.length() + 4;
        if (needed > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(needed, 2 * bytes.length));
        }
        append(name);
        bytes[size++] = ':';
        bytes[size++] = ' ';
        int start = size;
        append(value);
        for (int i = start; i < size; i++) {
            byte b = bytes[i]; // negative above ASCII; other characters than those of Latin-1 have become "?"
            if ((b < ' ' && b != '\t') || b == 0x7f || (b == '?' && value.charAt(i - start) != '?')) {
                throw new IllegalArgumentException("not a value of a header");
            }
        }
        bytes[size++] = '\r';
        bytes[size++] = '\n';
    }

    private void append(CharSequence text) {
        if (text instanceof AsciiString ascii) {
            System.arraycopy(ascii.array(), ascii.arrayOffset(), bytes, size, ascii.length());
            size += ascii.length();
        } else {
            byte[] encoded = text.toString().getBytes(StandardCharsets.ISO_8859_1);
            System.arraycopy(encoded, 0, bytes, size, encoded.length);
            size += encoded.length;
        }
    }

    void writeTo(ByteBuf out) {
        out.writeBytes(bytes, 0, size);
    }
}
