package nexus.capture.message;

import java.time.Duration;

/** Counts what happens often for a log that tells of it once a minute. Not for several threads at once. */
public final class MinuteCount {
    private static final long MINUTE_NANOS = Duration.ofMinutes(1).toNanos();

    private long waiting;
    private long toldNanos;
    private boolean wasTold;

    public void add(long more) {
        waiting += more;
    }

    /** How many there were since it was last asked, if a minute has passed since the answer was not 0; else 0. */
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
