package nexus.api.json;

import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import nexus.refusal.Refusal;

/** Durations as callers write them: {@code 250ms}, {@code 15s}, {@code 10m}, {@code 10h}, {@code 30d}. */
public final class Durations {
    private static final Pattern SHAPE = Pattern.compile("([0-9]{1,9})(ms|s|m|h|d)");

    private record Unit(String name, Duration one) {}

    private static final List<Unit> BIGGEST_FIRST = List.of(
            new Unit("d", Duration.ofDays(1)),
            new Unit("h", Duration.ofHours(1)),
            new Unit("m", Duration.ofMinutes(1)),
            new Unit("s", Duration.ofSeconds(1)),
            new Unit("ms", Duration.ofMillis(1)));

    private Durations() {}

    /** @throws Refusal.Invalid also when it is below {@code min} or above {@code max} */
    public static Duration parse(String text, String pointer, Duration min, Duration max) {
        Matcher matcher = SHAPE.matcher(text);
        if (matcher.matches()) {
            for (Unit unit : BIGGEST_FIRST) {
                if (unit.name().equals(matcher.group(2))) {
                    Duration duration = unit.one().multipliedBy(Long.parseLong(matcher.group(1)));
                    if (duration.compareTo(min) >= 0 && duration.compareTo(max) <= 0) {
                        return duration;
                    }
                }
            }
        }
        throw new Refusal.Invalid(
                pointer, "must be a duration such as 30s, 10m or 10h, from " + format(min) + " to " + format(max));
    }

    /** In the biggest unit that needs no fraction. */
    public static String format(Duration duration) {
        for (Unit unit : BIGGEST_FIRST) {
            if (!duration.isZero() && duration.toMillis() % unit.one().toMillis() == 0) {
                return duration.dividedBy(unit.one()) + unit.name();
            }
        }
        return "0s";
    }
}
