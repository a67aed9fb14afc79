package nexus.job;

import java.util.Optional;

/**
 * How many events of a job may be added now. It starts empty, so that a job that changes its process does not exceed its rate,
 * and holds at most a tenth of a second's events, at least one. Pure: time is an argument.
 */
final class JobPace {
    private static final double SECOND = 1_000_000_000.0;
    private static final int BURSTS_A_SECOND = 10;

    private final double perSecond;
    private final int unlimited;
    private double tokens;
    private long at;

    /** @param unlimited number of events for each step of a job without a rate */
    JobPace(Optional<Integer> perSecond, int unlimited, long nanoTime) {
        this.perSecond = perSecond.orElse(0);
        this.unlimited = unlimited;
        this.at = nanoTime;
    }

    int available(long nanoTime) {
        if (perSecond == 0) {
            return unlimited;
        }
        refill(nanoTime);
        return (int) Math.min(unlimited, tokens);
    }

    void take(int events) {
        if (perSecond > 0) {
            tokens -= events;
        }
    }

    /** Milliseconds until at least one event is available, at least 1. */
    long waitMillis(long nanoTime) {
        if (perSecond == 0) {
            return 1;
        }
        refill(nanoTime);
        return Math.max(1, (long) Math.ceil((1 - tokens) / perSecond * 1000));
    }

    private void refill(long nanoTime) {
        double capacity = Math.max(1, perSecond / BURSTS_A_SECOND);
        tokens = Math.min(capacity, tokens + (nanoTime - at) / SECOND * perSecond);
        at = nanoTime;
    }
}
