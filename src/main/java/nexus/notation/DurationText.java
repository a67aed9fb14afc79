package nexus.notation;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people write them: {@code 250ms}, {@code 15s}, {@code 10m}, {@code 10h}, {@code 30d}. */
public final class DurationText {
    private static final Pattern SHAPE = Pattern.compile("([0-9]{1,12})(ms|s|m|h|d)");
    private static final Duration LONGEST = Duration.ofDays(3653);

    private record Unit(String name, Duration one) {}

    private static final List<Unit> BIGGEST_FIRST = List.of(
            new Unit("d", Duration.ofDays(1)),
            new Unit("h", Duration.ofHours(1)),
            new Unit("m", Duration.ofMinutes(1)),
            new Unit("s", Duration.ofSeconds(1)),
            new Unit("ms", Duration.ofMillis(1)));

    private DurationText() {}

    /** One number and one unit; empty for any other text, and for more than ten years. */
    public static Optional<Duration> parse(String text) {
        Matcher matcher = SHAPE.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        long count = Long.parseLong(matcher.group(1));
        return BIGGEST_FIRST.stream()
                .filter(unit -> unit.name().equals(matcher.group(2)))
                .filter(unit -> count <= LONGEST.dividedBy(unit.one()))
                .map(unit -> unit.one().multipliedBy(count))
                .findFirst();
    }

    /** In the largest unit that needs no fraction. */
    public static String format(Duration duration) {
        for (Unit unit : BIGGEST_FIRST) {
            if (!duration.isZero() && duration.toMillis() % unit.one().toMillis() == 0) {
                return duration.dividedBy(unit.one()) + unit.name();
            }
        }
        return "0s";
    }
}
