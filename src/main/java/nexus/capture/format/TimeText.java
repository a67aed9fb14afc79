package nexus.capture.format;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a timestamp's text in ISO style, {@code 2026-01-31 18:20:43.4+00 BC}.
 *
 * @param dateEnd index of the blank after the date; the end of the text for {@code infinity}
 * @param zoneEnd end of the zone, or of the time when there is no zone
 * @param zoneHasHoursOnly {@code +00}
 */
record TimeText(int dateEnd, int zoneEnd, boolean zoneHasHoursOnly) {
    private static final byte[] INFINITY = "infinity".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] MINUS_INFINITY = "-infinity".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] BC = " BC".getBytes(StandardCharsets.US_ASCII);
    private static final int YEAR_DIGITS = 4;
    private static final int MAX_YEAR_DIGITS = 7;
    private static final int MAX_FRACTION = 6;

    /** @return null when the text is not a timestamp */
    static @Nullable TimeText read(byte[] text, int from, int to, boolean hasZone) {
        if (is(INFINITY, text, from, to) || is(MINUS_INFINITY, text, from, to)) {
            return new TimeText(to, to, false);
        }
        int dateEnd = digits(text, from, to, YEAR_DIGITS, MAX_YEAR_DIGITS);
        dateEnd = pairs(text, dateEnd, to, '-', 2);
        int at = pairs(text, one(text, dateEnd, to, ' '), to, ':', 3);
        if (at < to && at >= 0 && text[at] == '.') {
            at = digits(text, at + 1, to, 1, MAX_FRACTION);
        }
        boolean hoursOnly = false;
        if (hasZone && at >= 0) {
            if (at >= to || (text[at] != '+' && text[at] != '-')) {
                return null;
            }
            int hours = digits(text, at + 1, to, 2, 2);
            at = hours;
            for (int more = 0; more < 2 && at >= 0 && at < to && text[at] == ':'; more++) {
                at = digits(text, at + 1, to, 2, 2);
            }
            hoursOnly = at == hours;
        }
        return at >= 0 && (at == to || is(BC, text, at, to)) ? new TimeText(dateEnd, at, hoursOnly) : null;
    }

    /** Reads {@code count} pairs of digits, each after the separator except for the first of a time. */
    private static int pairs(byte[] text, int from, int to, char separator, int count) {
        int at = from;
        for (int i = 0; i < count; i++) {
            at = separator == ':' && i == 0 ? at : one(text, at, to, separator);
            at = digits(text, at, to, 2, 2);
        }
        return at;
    }

    /** The index after it; negative when the text differs, or when {@code from} is negative. */
    private static int one(byte[] text, int from, int to, char expected) {
        return from >= 0 && from < to && text[from] == expected ? from + 1 : -1;
    }

    private static int digits(byte[] text, int from, int to, int atLeast, int atMost) {
        if (from < 0) {
            return -1;
        }
        int at = from;
        while (at < to && at - from < atMost && text[at] >= '0' && text[at] <= '9') {
            at++;
        }
        return at - from >= atLeast ? at : -1;
    }

    private static boolean is(byte[] expected, byte[] text, int from, int to) {
        return Arrays.equals(expected, 0, expected.length, text, from, to);
    }
}
