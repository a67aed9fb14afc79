package nexus.capture.json;

import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Compares names of members in validated JSON by their characters, which may be escaped or not. An unpaired surrogate counts
 * as a character. {@code start} is the index of the opening quote, {@code end} the index after the closing one.
 */
final class JsonName {
    /** Secret, so that names with equal hashes cannot be chosen. */
    private static final long SEED = ThreadLocalRandom.current().nextLong();

    private static final long MULTIPLIER = 0x9e3779b97f4a7c15L;

    private JsonName() {}

    static long hash(byte[] text, int start, int end) {
        for (int i = start + 1; i < end - 1; i++) {
            if (text[i] == '\\') {
                byte[] plain = unescaped(text, start, end);
                return hashed(plain, 0, plain.length);
            }
        }
        return hashed(text, start + 1, end - 1);
    }

    private static long hashed(byte[] bytes, int from, int to) {
        long hash = SEED;
        for (int i = from; i < to; i++) {
            hash = (hash ^ bytes[i]) * MULTIPLIER;
            hash ^= hash >>> 29;
        }
        return hash * MULTIPLIER;
    }

    static boolean isSame(byte[] text, int start, int other) {
        return Arrays.equals(unescaped(text, start, end(text, start)), unescaped(text, other, end(text, other)));
    }

    /** Negative when these are not four hexadecimal digits. */
    static int hex4(byte[] text, int start) {
        int value = 0;
        for (int i = start; i < start + 4; i++) {
            int digit = text[i] < 0 ? -1 : Character.digit(text[i], 16);
            if (digit < 0) {
                return -1;
            }
            value = value << 4 | digit;
        }
        return value;
    }

    private static int end(byte[] text, int start) {
        int end = start + 1;
        while (text[end] != '"') {
            end += text[end] == '\\' ? 2 : 1;
        }
        return end + 1;
    }

    /** Encodes a character in UTF-8. */
    private static byte[] unescaped(byte[] text, int start, int end) {
        byte[] plain = new byte[end - start];
        int size = 0;
        int at = start + 1;
        while (at < end - 1) {
            byte b = text[at++];
            if (b != '\\') {
                plain[size++] = b;
                continue;
            }
            byte escaped = text[at++];
            if (escaped == 'u') {
                int character = hex4(text, at);
                at += 4;
                if (isLowHalf(text, at, end) && Character.isHighSurrogate((char) character)) {
                    character = Character.toCodePoint((char) character, (char) hex4(text, at + 2));
                    at += 6;
                }
                size = putUtf8(character, plain, size);
            } else {
                plain[size++] = unescaped(escaped);
            }
        }
        return Arrays.copyOf(plain, size);
    }

    private static boolean isLowHalf(byte[] text, int at, int end) {
        return at + 6 < end
                && text[at] == '\\'
                && text[at + 1] == 'u'
                && Character.isLowSurrogate((char) hex4(text, at + 2));
    }

    private static byte unescaped(byte escaped) {
        return switch (escaped) {
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            default -> escaped;
        };
    }

    private static int putUtf8(int character, byte[] into, int at) {
        int size = at;
        if (character < 0x80) {
            into[size++] = (byte) character;
        } else if (character < 0x800) {
            into[size++] = (byte) (0xc0 | (character >> 6));
            into[size++] = following(character);
        } else if (character < 0x10000) {
            into[size++] = (byte) (0xe0 | (character >> 12));
            into[size++] = following(character >> 6);
            into[size++] = following(character);
        } else {
            into[size++] = (byte) (0xf0 | (character >> 18));
            into[size++] = following(character >> 12);
            into[size++] = following(character >> 6);
            into[size++] = following(character);
        }
        return size;
    }

    private static byte following(int bits) {
        return (byte) (0x80 | (bits & 0x3f));
    }
}
