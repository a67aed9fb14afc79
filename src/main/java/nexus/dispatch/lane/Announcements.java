package nexus.dispatch.lane;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import nexus.dispatch.outcome.Verdict;
import nexus.subscription.EndpointHealth.Alert;
import nexus.target.SendResult;
import org.jspecify.annotations.Nullable;

/**
 * Decides when a change of an endpoint's health is announced: that it fails when the breaker opens, and that it recovered at
 * the first result that is no failure while the breaker is closed. The two alternate. A breaker that was reset by a change
 * of the subscription is no recovery, because nothing was sent yet.
 *
 * <p>An announcement is delivered to the endpoint that it is about when its subscription selects these events. Such an
 * endpoint is announced as failing once an hour at most; otherwise its announcements could make it fail again for ever.
 *
 * <p>Pure: time is an argument.
 */
final class Announcements {
    private static final Duration BETWEEN_OWN = Duration.ofHours(1);

    private @Nullable Alert last;

    Announcements(Optional<Alert> stored) {
        this.last = stored.orElse(null);
    }

    Optional<Alert> last() {
        return Optional.ofNullable(last);
    }

    /** Whether the event about the last one may be missing. */
    boolean isDue() {
        return last != null && last.isDue();
    }

    /**
     * Records the result of a request.
     *
     * @param isOpen the breaker after the result
     * @param since the first attempt since the last delivery
     * @param isForItself whether the subscription gets the event about it
     * @return whether there is a new announcement to store
     */
    boolean heard(SendResult result, Verdict verdict, boolean isOpen, Instant since, boolean isForItself, Instant now) {
        Alert before = last;
        boolean isFailing = before != null && before.isFailing();
        Instant at = now.truncatedTo(ChronoUnit.MILLIS);
        if (before != null && isFailing && !isOpen && !verdict.isFailure()) {
            last = before.recovered(at);
            return true;
        }
        if (!isFailing && isOpen && verdict.isFailure() && !(isForItself && isTooSoon(at))) {
            last = new Alert(true, since.truncatedTo(ChronoUnit.MILLIS), at, error(result), result.code(), true);
            return true;
        }
        return false;
    }

    /** A time in the future is due to a clock that was wrong. */
    private boolean isTooSoon(Instant now) {
        return last != null
                && !last.at().isAfter(now)
                && last.at().plus(BETWEEN_OWN).isAfter(now);
    }

    /** Its class alone, because the words of a receiver or a library may hold anything. */
    private static String error(SendResult result) {
        return switch (result) {
            case SendResult.Refused refused ->
                refused.code().map(code -> "answered " + code).orElse("refused");
            case SendResult.Unreachable unreachable -> "not reachable";
            case SendResult.TimedOut timedOut -> "timed out";
            case SendResult.Blocked blocked -> "the address must not be reached";
            case SendResult.OutOfService broken ->
                broken.code().map(code -> "answered " + code).orElse("out of service");
            case SendResult.Delivered delivered -> throw new IllegalArgumentException("it did not fail");
            case SendResult.Unsendable unsendable -> throw new IllegalArgumentException("it did not fail");
        };
    }
}
