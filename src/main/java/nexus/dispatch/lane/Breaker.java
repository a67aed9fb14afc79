package nexus.dispatch.lane;

import java.time.Instant;
import java.util.Optional;
import nexus.dispatch.outcome.DeliveryConfig;
import nexus.dispatch.outcome.Verdict;
import nexus.retry.Doubling;
import nexus.subscription.EndpointHealth.Opened;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether an endpoint gets requests. A closed breaker allows all. It opens after a number of consecutive failures, or
 * when more than a share of the results of the last minute are failures, or at once when the target is out of service. An
 * open breaker allows none until a probe is due, which is one real delivery. A failed probe doubles the wait for the next
 * one; any result that is no failure closes it.
 *
 * <p>Pure: time is an argument. {@link Verdict} defines failures.
 */
final class Breaker {
    private static final int SLICES = 6;

    private final DeliveryConfig.Breaker rules;
    private final Doubling probes;
    private final long sliceMillis;
    private final long[] slices = new long[SLICES]; // the time slice that is counted here
    private final int[] results = new int[SLICES];
    private final int[] failures = new int[SLICES];
    private int failuresInARow;
    private @Nullable Opened opened;

    Breaker(DeliveryConfig.Breaker rules, Optional<Opened> stored) {
        this.rules = rules;
        this.probes = new Doubling(rules.firstProbe(), rules.longestProbe());
        this.sliceMillis = Math.max(1, rules.window().toMillis() / SLICES);
        this.opened = stored.orElse(null);
    }

    Optional<Opened> opened() {
        return Optional.ofNullable(opened);
    }

    boolean isClosed() {
        return opened == null;
    }

    /** Also when the clock has jumped back before the opening, because the wait for the probe would be as long as the jump. */
    boolean isProbeDue(Instant now) {
        return opened != null && (!opened.nextProbeAt().isAfter(now) || now.isBefore(opened.at()));
    }

    /**
     * Records the result of a request.
     *
     * @param isProbe whether it was the probe
     * @param startedAt when it was made; a request from before the opening does not count
     * @return whether it opened, closed or prolonged the breaker
     */
    boolean heard(Verdict verdict, boolean isProbe, Instant startedAt, Instant now) {
        Opened open = opened;
        if (open == null) {
            count(verdict, now);
            if (verdict == Verdict.OUT_OF_SERVICE || (verdict == Verdict.FAILED && isTooMuch(now))) {
                opened = new Opened(now, now.plus(rules.firstProbe()), 0);
                forget();
            }
            return opened != null;
        }
        if (!isProbe && (startedAt.isBefore(open.at()) || verdict.isFailure())) {
            return false;
        }
        int failedProbes = open.failedProbes() + 1;
        Instant openedAt = now.isBefore(open.at()) ? now : open.at();
        opened =
                verdict.isFailure() ? new Opened(openedAt, now.plus(probes.nth(failedProbes + 1)), failedProbes) : null;
        return true;
    }

    private void count(Verdict verdict, Instant now) {
        failuresInARow = verdict.isFailure() ? failuresInARow + 1 : 0;
        long slice = now.toEpochMilli() / sliceMillis;
        int at = Math.floorMod(slice, SLICES);
        if (slices[at] != slice) {
            slices[at] = slice;
            results[at] = 0;
            failures[at] = 0;
        }
        results[at]++;
        failures[at] += verdict.isFailure() ? 1 : 0;
    }

    private boolean isTooMuch(Instant now) {
        if (failuresInARow >= rules.failuresInARow()) {
            return true;
        }
        long slice = now.toEpochMilli() / sliceMillis;
        int all = 0;
        int failed = 0;
        for (int i = 0; i < SLICES; i++) {
            if (slice - slices[i] < SLICES) {
                all += results[i];
                failed += failures[i];
            }
        }
        return all >= rules.minimumResults() && failed > all * rules.failureShare();
    }

    private void forget() {
        failuresInARow = 0;
        for (int i = 0; i < SLICES; i++) {
            results[i] = 0;
            failures[i] = 0;
        }
    }
}
