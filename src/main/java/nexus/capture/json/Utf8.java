package nexus.capture.json;

import java.nio.charset.StandardCharsets;

/** Checks for well-formed UTF-8 (RFC 3629): the shortest form, no surrogates, nothing above U+10FFFF. */
final class Utf8 {
    /** Replaces bytes that are not well-formed. */
    static final byte[] REPLACEMENT = "\ufffd".getBytes(StandardCharsets.UTF_8);

    private Utf8() {}

    /** The length of the character that starts at {@code at}; 0 when there is none. */
    static int length(byte[] text, int at, int to) {
        int first = text[at] & 0xff;
        if (first < 0x80) {
            return 1;
        } else if (first >= 0xc2 && first <= 0xdf) {
            return has(text, at, to, 1, 0x80, 0xbf) ? 2 : 0;
        } else if (first >= 0xe0 && first <= 0xef) {
            int low = first == 0xe0 ? 0xa0 : 0x80;
            int high = first == 0xed ? 0x9f : 0xbf;
            return has(text, at, to, 2, low, high) ? 3 : 0;
        } else if (first >= 0xf0 && first <= 0xf4) {
            int low = first == 0xf0 ? 0x90 : 0x80;
            int high = first == 0xf4 ? 0x8f : 0xbf;
            return has(text, at, to, 3, low, high) ? 4 : 0;
        }
        return 0;
    }

    /** @param low of the first byte that follows, as {@code high}; the others are 80 to BF */
    private static boolean has(byte[] text, int at, int to, int following, int low, int high) {
        if (at + following >= to) {
            return false;
        }
        int second = text[at + 1] & 0xff;
        if (second < low || second > high) {
            return false;
        }
        for (int i = 2; i <= following; i++) {
            if ((text[at + i] & 0xc0) != 0x80) {
                return false;
            }
        }
        return true;
    }
}
