package nexus.queue.lease;

import java.time.Duration;

/**
 * The time until which a process may start requests, on its own monotonic clock: a fixed time after it <em>sent</em> the last
 * successful beat. A deadline that has passed stays passed, even if a beat is confirmed late.
 */
final class LeaseDeadline {
    private final long validNanos;
    private volatile long sentNanos; // of the last successful beat
    private volatile boolean over;

    LeaseDeadline(Duration validFor, long sentNanos) {
        this.validNanos = validFor.toNanos();
        this.sentNanos = sentNanos;
    }

    boolean isOver(long nowNanos) {
        if (!over && nowNanos - sentNanos >= validNanos) {
            end(nowNanos);
        }
        return over;
    }

    private synchronized void end(long nowNanos) {
        over |= nowNanos - sentNanos >= validNanos;
    }

    /**
     * Records a successful beat.
     *
     * @return false when it came too late
     */
    synchronized boolean renew(long beatSentNanos, long nowNanos) {
        if (!isOver(nowNanos)) {
            sentNanos = beatSentNanos;
        }
        return !over;
    }

    /** The time since the last successful beat was sent. */
    Duration age(long nowNanos) {
        return Duration.ofNanos(nowNanos - sentNanos);
    }

    /** At least zero. */
    Duration remaining(long nowNanos) {
        return Duration.ofNanos(Math.max(0, validNanos - (nowNanos - sentNanos)));
    }
}
