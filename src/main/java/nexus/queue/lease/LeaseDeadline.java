package nexus.queue.lease;

import java.time.Duration;

/**
 * Until when a process may start requests, on its own monotonic clock: some time after it <em>sent</em> the last beat
 * that went through. Once over it stays over: a beat whose answer comes late changes nothing.
 */
final class LeaseDeadline {
    private final long validNanos;
    private volatile long sentNanos; // of the last beat that went through
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
     * A beat went through.
     *
     * @return false when it came too late
     */
    synchronized boolean renew(long beatSentNanos, long nowNanos) {
        if (!isOver(nowNanos)) {
            sentNanos = beatSentNanos;
        }
        return !over;
    }

    /** Since the last beat that went through was sent. */
    Duration age(long nowNanos) {
        return Duration.ofNanos(nowNanos - sentNanos);
    }

    /** At least zero. */
    Duration remaining(long nowNanos) {
        return Duration.ofNanos(Math.max(0, validNanos - (nowNanos - sentNanos)));
    }
}
