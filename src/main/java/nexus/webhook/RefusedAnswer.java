package nexus.webhook;

import java.time.Duration;
import java.util.Optional;
import nexus.target.Answer;
import nexus.target.SendResult;
import nexus.target.SendResult.Extent;
import org.jspecify.annotations.Nullable;

/**
 * An answer that is no success.
 *
 * @param answer for the attempt's log, without credentials
 * @param text the beginning of its body, as it came
 * @param retryAfter what its header {@code Retry-After} says; at most 24 h
 */
public record RefusedAnswer(
        Answer answer, int status, String text, HeaderReader headers, Optional<Duration> retryAfter, Duration took) {
    /** Finds a header of the answer. */
    @FunctionalInterface
    public interface HeaderReader {
        @Nullable
        String header(String name);
    }

    /** The result that concerns these deliveries. */
    public SendResult of(Extent extent) {
        return new SendResult.Refused("answered " + status, answer, extent, took);
    }

    /**
     * The same.
     *
     * @param code of the product, which stands behind the status in the attempt's log
     */
    public SendResult of(Extent extent, String code) {
        return new SendResult.Refused("answered " + status + " " + code, answer, extent, took);
    }

    /**
     * The target cannot be used until a person mends something.
     *
     * @param why stands behind the status in the attempt's log
     */
    public SendResult outOfService(String why) {
        return new SendResult.OutOfService("answered " + status + ": " + why, answer, took);
    }

    /** The result that any HTTP endpoint's answer with this status has. */
    public SendResult usual() {
        return of(StatusMeaning.extent(status, retryAfter));
    }

    /** The answer may repeat the request. */
    @Override
    public String toString() {
        return "RefusedAnswer[status=" + status + "]";
    }
}
