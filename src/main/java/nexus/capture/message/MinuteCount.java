package nexus.capture.message;

import java.time.Duration;

/** Counts frequent occurrences for a log line once a minute. Not thread-safe. */
public final class MinuteCount {
    private static final long MINUTE_NANOS = Duration.ofMinutes(1).toNanos();

    private long waiting;
    private long lastNanos;
    private boolean wasDue;

    public void add(long more) {
        waiting += more;
    }

    /** The number of occurrences since the last result other than 0, if that is a minute ago; else 0. */
    public long due(long nanos) {
        if (waiting == 0 || (wasDue && nanos - lastNanos < MINUTE_NANOS)) {
            return 0;
        }
        wasDue = true;
        lastNanos = nanos;
        long due = waiting;
        waiting = 0;
        return due;
    }
}
