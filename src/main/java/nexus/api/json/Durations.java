package nexus.api.json;

import java.time.Duration;
import nexus.notation.DurationText;
import nexus.refusal.Refusal;

/** Parses durations in a request, in the notation of {@link DurationText}. */
public final class Durations {
    private Durations() {}

    /** @throws Refusal.Invalid also if it is below {@code min} or above {@code max} */
    public static Duration parse(String text, String pointer, Duration min, Duration max) {
        return DurationText.parse(text)
                .filter(duration -> duration.compareTo(min) >= 0 && duration.compareTo(max) <= 0)
                .orElseThrow(() -> new Refusal.Invalid(
                        pointer,
                        "must be a duration such as 30s, 10m or 10h, from " + DurationText.format(min) + " to "
                                + DurationText.format(max)));
    }
}
