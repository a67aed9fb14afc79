package nexus.message;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes text from outside fit for one line of a message. */
public final class PlainText {
    private static final Pattern CLUSTER = Pattern.compile("\\X");
    /** A cluster that is longer, such as a letter with hundreds of accents, is cut inside. */
    private static final int LONGEST_CLUSTER = 64;

    private static final char REPLACEMENT = '\uFFFD';

    private PlainText() {}

    /**
     * The text in one line. Control characters become blanks; marks that reverse the order of what follows, and other
     * characters nobody sees, are left out; half of a surrogate pair becomes U+FFFD.
     */
    public static String line(String text, int max) {
        // Nothing beyond is shown, so that a text of megabytes is not copied.
        int end = Math.min(text.length(), 4 * max + LONGEST_CLUSTER);
        StringBuilder line = new StringBuilder(Math.min(end, 2 * max));
        int c;
        for (int i = 0; i < end; i += Character.charCount(c)) {
            c = text.codePointAt(i);
            if (isHalf(c)) {
                line.append(REPLACEMENT);
            } else if (Character.isISOControl(c) || c == 0x2028 || c == 0x2029) {
                line.append(' ');
            } else if (!isInvisible(c)) {
                line.appendCodePoint(c);
            }
        }
        return cut(end < text.length() ? line.append('…').toString() : line.toString(), max);
    }

    private static boolean isHalf(int c) {
        return c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
    }

    /** Joiners stay: emojis and some scripts need them. */
    private static boolean isInvisible(int c) {
        return (c >= 0x202A && c <= 0x202E)
                || (c >= 0x2066 && c <= 0x2069)
                || c == 0x061C
                || c == 0x200B
                || c == 0x200E
                || c == 0x200F
                || c == 0xFEFF
                || (c >= 0xE0000 && c <= 0xE007F);
    }

    /**
     * The beginning of a text, with a mark where it was cut. It is cut between what a reader takes for characters, never
     * inside a surrogate pair.
     *
     * @param max UTF-16 units of the result
     */
    public static String cut(String text, int max) {
        if (text.length() <= max) {
            return text;
        }
        if (max < 1) {
            return "";
        }
        int limit = max - 1;
        return text.substring(0, boundary(text, limit)) + '…';
    }

    private static int boundary(String text, int limit) {
        int from = Math.max(0, limit - LONGEST_CLUSTER);
        if (from > 0 && Character.isLowSurrogate(text.charAt(from))) {
            from++;
        }
        Matcher clusters = CLUSTER.matcher(text).region(from, Math.min(text.length(), limit + LONGEST_CLUSTER));
        int end = from;
        while (clusters.find() && clusters.end() <= limit) {
            end = clusters.end();
        }
        boolean isShort = from == 0 && clusters.hasMatch() && clusters.end() - clusters.start() <= LONGEST_CLUSTER;
        if (end > from || isShort) {
            return end;
        }
        return limit > 0 && Character.isHighSurrogate(text.charAt(limit - 1)) ? limit - 1 : limit;
    }
}
