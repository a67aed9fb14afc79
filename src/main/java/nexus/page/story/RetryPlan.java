package nexus.page.story;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What retrying deliveries of one subscription takes, said before it is done.
 *
 * @param subscription its name
 * @param size number of deliveries
 * @param perSecond the rate that is expected; empty when nothing is known about it
 * @param words rate and end in one sentence
 * @param obstacle why nothing is sent now; empty when it is
 */
public record RetryPlan(
        String subscription, long size, Optional<Double> perSecond, String words, Optional<String> obstacle) {
    /**
     * Plans a retry.
     *
     * @param rateLimit of the subscription, per second
     * @param concurrency of the subscription
     * @param typicalMillis the time of a typical attempt; empty when there was none
     */
    public static RetryPlan of(
            String subscription,
            long size,
            Optional<Integer> rateLimit,
            int concurrency,
            Optional<Double> typicalMillis,
            LaneStanding lane,
            Instant now) {
        Optional<Double> possible =
                typicalMillis.filter(millis -> millis > 0).map(millis -> concurrency * 1000 / millis);
        Optional<Double> rate = rateLimit
                .map(Integer::doubleValue)
                .map(limit -> possible.filter(most -> most < limit).orElse(limit))
                .or(() -> possible);
        List<String> words = new ArrayList<>();
        if (rateLimit.isPresent()) {
            words.add("at most " + rateLimit.get() + " per second (rateLimit)");
        } else {
            words.add("at most " + concurrency + " at a time (concurrency), no rate limit");
        }
        rate.ifPresent(perSecond -> words.add("done in about " + Spans.of(takes(size, perSecond))));
        return new RetryPlan(subscription, size, rate, String.join("; ", words), lane.obstacle(now));
    }

    /** When it is over; empty when that cannot be said. */
    public Optional<Instant> end(Instant now) {
        return obstacle.isPresent() ? Optional.empty() : perSecond.map(rate -> now.plus(takes(size, rate)));
    }

    private static Duration takes(long size, double perSecond) {
        return Duration.ofMillis((long) Math.min(1e15, Math.max(1_000, Math.ceil(size / perSecond) * 1_000)));
    }
}
