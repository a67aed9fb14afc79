package nexus.page;

import java.math.BigDecimal;
import java.time.Duration;

/** Parts of sentences. */
public final class Wording {
    private Wording() {}

    /** {@code 1 endpoint is failing}, {@code 3 endpoints are failing}. */
    public static String count(long count, String one, String many) {
        return Formats.count(BigDecimal.valueOf(count)) + " " + (count == 1 ? one : many);
    }

    /** {@code 41 min}. */
    public static String duration(Duration duration) {
        return Formats.seconds(BigDecimal.valueOf(Math.max(0, duration.toSeconds())));
    }
}
