package nexus.status.stats;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;
import nexus.notation.DurationText;
import nexus.refusal.Refusal;

/**
 * The length of time that one point of a series covers: a whole number of minutes, or of hours, for which the counts are kept
 * longer. Points begin at multiples of it since 1970.
 */
public record SeriesStep(Duration length) {
    public static final SeriesStep MINUTE = new SeriesStep(Duration.ofMinutes(1));
    public static final SeriesStep HOUR = new SeriesStep(Duration.ofHours(1));

    private static final Pattern SHAPE = Pattern.compile("([1-9]|[1-5][0-9]|60)m|([1-9]|1[0-9]|2[0-4])h|1d");

    /** @throws Refusal.Invalid for any other text */
    static SeriesStep parse(String text, String parameter) {
        return Optional.of(text)
                .filter(SHAPE.asMatchPredicate())
                .flatMap(DurationText::parse)
                .map(SeriesStep::new)
                .orElseThrow(() -> new Refusal.Invalid(parameter, "must be 1m to 60m, 1h to 24h, or 1d"));
    }

    /** Whether the points are made of hours. */
    boolean isInHours() {
        return length.compareTo(HOUR.length) >= 0;
    }

    /** The start of the point that this time belongs to. */
    Instant startOf(Instant time) {
        return Instant.ofEpochMilli(Math.floorDiv(time.toEpochMilli(), length.toMillis()) * length.toMillis());
    }
}
