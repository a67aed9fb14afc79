package nexus.doctor.check;

import java.time.Duration;
import java.util.Locale;

/** Formats sizes and times for people. */
public final class Amount {
    private static final long MEGABYTE = 1L << 20;
    private static final long GIGABYTE = 1L << 30;

    private Amount() {}

    public static String bytes(long bytes) {
        if (bytes >= GIGABYTE) {
            return String.format(Locale.ROOT, "%.1f GB", (double) bytes / GIGABYTE)
                    .replace(".0 ", " ");
        }
        return bytes >= MEGABYTE ? bytes / MEGABYTE + " MB" : bytes / 1024 + " kB";
    }

    public static String time(Duration time) {
        if (time.compareTo(Duration.ofDays(2)) >= 0) {
            return time.toDays() + " days";
        }
        if (time.compareTo(Duration.ofHours(2)) >= 0) {
            return (time.toMinutes() + 30) / 60 + " h";
        }
        if (time.compareTo(Duration.ofSeconds(100)) >= 0) {
            return (time.toSeconds() + 30) / 60 + " min";
        }
        return time.compareTo(Duration.ofSeconds(1)) >= 0 ? time.toSeconds() + " s" : time.toMillis() + " ms";
    }

    /** {@code 1 table}, {@code 3 tables}. */
    public static String count(long count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }
}
