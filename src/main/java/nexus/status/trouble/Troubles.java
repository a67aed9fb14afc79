package nexus.status.trouble;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The subscriptions that do not deliver, the worst first.
 *
 * @param owed deliveries that are owed, of all subscriptions
 * @param oldestDueSeconds how long the oldest due delivery has waited, of the subscriptions that may send; null while unknown
 * @param failing subscriptions whose last attempts all failed
 * @param disabled subscriptions that send nothing and get nothing
 * @param paused subscriptions whose deliveries are kept
 * @param held subscriptions whose endpoint asked for time by Retry-After
 * @param withDead subscriptions with DEAD deliveries
 * @param data the first hundred
 */
@RegisterForReflection
record Troubles(
        long owed,
        @Nullable Long oldestDueSeconds,
        long failing,
        long disabled,
        long paused,
        long held,
        long withDead,
        List<Trouble> data) {

    /**
     * One subscription with one reason.
     *
     * @param reason {@code disabled}, {@code failing}, {@code held}, {@code paused} or {@code dead}
     * @param since null for {@code dead}
     * @param until end of a Retry-After
     * @param count deliveries that are concerned: owed ones, or DEAD ones
     * @param attempts failed attempts in a row
     * @param lastStatusCode of the last attempt that failed; null when there was no answer
     * @param disabledReason why Nexus disabled it; null when a caller did
     * @param breaker {@code closed}, {@code open} or {@code half-open}
     * @param nextProbeAt when the endpoint is tried again while the breaker is open
     */
    @RegisterForReflection
    record Trouble(
            String subscriptionId,
            String name,
            String kind,
            String reason,
            @Nullable String since,
            @Nullable String until,
            long count,
            int attempts,
            @Nullable Integer lastStatusCode,
            @Nullable String lastError,
            @Nullable String disabledReason,
            String breaker,
            @Nullable String nextProbeAt) {}
}
