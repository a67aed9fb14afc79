package nexus.page.story;

import java.time.Duration;
import java.time.Instant;

/** Durations in words, with two units at most. */
public final class Spans {
    private static final long MINUTE = 60;
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;

    private Spans() {}

    /** {@code 240 ms}, {@code 38 s}, {@code 4 min 10 s}, {@code 3 h 12 min}, {@code 2 d 4 h}; a negative one counts as none. */
    public static String of(Duration span) {
        if (span.isNegative() || span.isZero()) {
            return "0 s";
        }
        long seconds = span.toSeconds();
        if (seconds < 1) {
            return Math.max(1, span.toMillis()) + " ms";
        }
        if (seconds < MINUTE) {
            return seconds + " s";
        }
        if (seconds < HOUR) {
            return two(seconds / MINUTE, "min", seconds % MINUTE, "s");
        }
        if (seconds < DAY) {
            return two(seconds / HOUR, "h", seconds % HOUR / MINUTE, "min");
        }
        return two(seconds / DAY, "d", seconds % DAY / HOUR, "h");
    }

    /** {@code in 38 s}, or {@code now} when it has passed. */
    public static String until(Instant then, Instant now) {
        return then.isAfter(now) ? "in " + of(Duration.between(now, then)) : "now";
    }

    private static String two(long first, String unit, long second, String smaller) {
        return second == 0 ? first + " " + unit : first + " " + unit + " " + second + " " + smaller;
    }
}
