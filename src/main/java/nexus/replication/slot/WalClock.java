package nexus.replication.slot;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import nexus.pgoutput.Lsn;

/**
 * Records the end of the WAL over time, so that the age of a position can be computed. The resolution decreases with
 * the length of the recorded stretch. Not thread-safe.
 */
final class WalClock {
    private static final int MOST_SAMPLES = 1024;

    private final List<Sample> samples = new ArrayList<>();
    private Duration spacing = Duration.ZERO;

    private record Sample(Instant at, Lsn end) {}

    void record(Lsn end, Instant at) {
        if (!samples.isEmpty() && end.isBefore(samples.getLast().end)) {
            samples.clear(); // the server was restored to an earlier time
        }
        if (samples.isEmpty() || isWorthKeeping(end, at)) {
            samples.add(new Sample(at, end));
        }
        if (samples.size() > MOST_SAMPLES) {
            thinOut();
        }
    }

    /** Discards the samples before {@code lsn}, whose age is no longer needed. */
    void forgetBefore(Lsn lsn) {
        while (!samples.isEmpty() && !lsn.isBefore(samples.getFirst().end)) {
            samples.removeFirst();
        }
        if (samples.isEmpty()) {
            spacing = Duration.ZERO;
        }
    }

    /**
     * Returns how long WAL beyond {@code lsn} has existed; zero at the end of the WAL. For WAL from before the first
     * sample, this is the time since that sample.
     */
    Duration ageOf(Lsn lsn, Instant now) {
        for (Sample sample : samples) {
            if (lsn.isBefore(sample.end)) {
                return Duration.between(sample.at, now);
            }
        }
        return Duration.ZERO;
    }

    private boolean isWorthKeeping(Lsn end, Instant at) {
        Sample last = samples.getLast();
        return last.end.isBefore(end) && Duration.between(last.at, at).compareTo(spacing) >= 0;
    }

    private void thinOut() {
        for (int i = 0; i < samples.size(); i++) {
            samples.remove(i); // removes every second sample, starting with the first
        }
        spacing = Duration.between(samples.getFirst().at, samples.getLast().at).dividedBy(samples.size());
    }
}
