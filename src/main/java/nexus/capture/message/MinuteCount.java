package nexus.capture.message;

import java.time.Duration;

/** Counts frequent occurrences for a log line once a minute. Not thread-safe. */
public final class MinuteCount {
    private static final long MINUTE_NANOS = Duration.ofMinutes(1).toNanos();

    private long waiting;
    private long toldNanos;
    private boolean wasTold;

    public void add(long more) {
        waiting += more;
    }

    /** The number of occurrences since the last result other than 0, if that is a minute ago; else 0. */
    public long due(long nanos) {
        if (waiting == 0 || (wasTold && nanos - toldNanos < MINUTE_NANOS)) {
            return 0;
        }
        wasTold = true;
        toldNanos = nanos;
        long due = waiting;
        waiting = 0;
        return due;
    }
}
