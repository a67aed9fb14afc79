package nexus.api.json;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.regex.Pattern;
import nexus.refusal.Refusal;

/** Parses timestamps in requests. */
public final class Timestamps {
    private static final Instant EARLIEST = Instant.EPOCH;
    private static final Instant END = Instant.parse("+10000-01-01T00:00:00Z");

    private static final Pattern WITHOUT_COLON = Pattern.compile("([+-][0-9]{2})([0-9]{2})$");

    private Timestamps() {}

    /**
     * Parses ISO 8601 with an offset, with millisecond precision. The offset may lack its colon, as strftime of C and
     * Python writes it.
     *
     * @param pointer the field or parameter that a refusal names
     * @throws Refusal.Invalid also outside the years 1970 to 9999
     */
    public static Instant parse(String text, String pointer) {
        try {
            Instant instant = OffsetDateTime.parse(WITHOUT_COLON.matcher(text).replaceFirst("$1:$2"))
                    .toInstant()
                    .truncatedTo(ChronoUnit.MILLIS);
            if (!instant.isBefore(EARLIEST) && instant.isBefore(END)) {
                return instant;
            }
        } catch (DateTimeException e) {
            // refused below, like a time outside the range
        }
        throw new Refusal.Invalid(
                pointer,
                "must be a time of ISO 8601 with an offset, such as 2026-01-31T18:20:43.400Z, from 1970 to 9999");
    }
}
