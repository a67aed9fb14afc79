package nexus.status.stats;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import nexus.event.EventBody;
import nexus.notation.DurationText;
import nexus.tally.StatusClass;
import nexus.tally.Tally;
import org.jspecify.annotations.Nullable;

/**
 * Counts over time, the oldest first, with a point for every step.
 *
 * @param since start of the first point
 * @param until end of the time that the last point covers so far
 */
public record Series(String step, String since, String until, List<Point> data) {
    /** @param tallies by the start of their points */
    static Series of(SeriesStep step, Instant since, Instant until, Map<Instant, Tally> tallies) {
        List<Point> points = new ArrayList<>();
        Instant first = step.startOf(since);
        for (Instant at = first; !at.isAfter(until); at = at.plus(step.length())) {
            Tally tally = tallies.get(at);
            points.add(Point.of(at, tally == null ? new Tally() : tally));
        }
        return new Series(
                DurationText.format(step.length()), EventBody.timestamp(first), EventBody.timestamp(until), points);
    }

    /**
     * What was counted in one step.
     *
     * @param at its start
     * @param events events that were stored; of one subscription: those that became its deliveries
     * @param sent deliveries that were delivered
     * @param failed attempts that did not deliver, by class of the answer
     * @param dead deliveries that became DEAD
     * @param p50 median duration of the attempts in milliseconds; null when there was none
     */
    public record Point(
            String at,
            long events,
            long sent,
            Failed failed,
            long dead,
            @Nullable Integer p50,
            @Nullable Integer p99) {
        private static Point of(Instant at, Tally tally) {
            return new Point(
                    EventBody.timestamp(at),
                    tally.events(),
                    tally.sent(),
                    Failed.of(tally),
                    tally.dead(),
                    nullable(tally.percentile(50)),
                    nullable(tally.percentile(99)));
        }

        private static @Nullable Integer nullable(OptionalInt value) {
            return value.isPresent() ? value.getAsInt() : null;
        }
    }

    /** Attempts that did not deliver; {@code 2xx}: the answer to a batch names the event as failed. */
    public record Failed(
            long none,
            long other,
            @JsonProperty("2xx") long successful,
            @JsonProperty("3xx") long redirect,
            @JsonProperty("4xx") long clientError,
            @JsonProperty("5xx") long serverError) {
        private static Failed of(Tally tally) {
            return new Failed(
                    tally.failed(StatusClass.NONE),
                    tally.failed(StatusClass.OTHER),
                    tally.failed(StatusClass.SUCCESSFUL),
                    tally.failed(StatusClass.REDIRECT),
                    tally.failed(StatusClass.CLIENT_ERROR),
                    tally.failed(StatusClass.SERVER_ERROR));
        }
    }
}
