package nexus.replication.slot;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import nexus.pgoutput.Lsn;

/**
 * Remembers when the server's WAL was how long, so that a place in it has an age. The longer the stretch that has to be
 * remembered, the coarser. For one thread.
 */
final class WalClock {
    private static final int MOST_SAMPLES = 1024;

    private final List<Sample> samples = new ArrayList<>();
    private Duration spacing = Duration.ZERO;

    private record Sample(Instant at, Lsn end) {}

    void saw(Lsn end, Instant at) {
        if (!samples.isEmpty() && end.isBefore(samples.getLast().end)) {
            samples.clear(); // a server restored to an earlier time
        }
        if (samples.isEmpty() || isWorthKeeping(end, at)) {
            samples.add(new Sample(at, end));
        }
        if (samples.size() > MOST_SAMPLES) {
            thinOut();
        }
    }

    /** Of places before {@code lsn} nobody will ask any more. */
    void forgetBefore(Lsn lsn) {
        while (!samples.isEmpty() && !lsn.isBefore(samples.getFirst().end)) {
            samples.removeFirst();
        }
        if (samples.isEmpty()) {
            spacing = Duration.ZERO;
        }
    }

    /**
     * For how long there has been WAL behind {@code lsn}; zero at the end of the WAL. Of what was written before the first
     * sample: at least since then.
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
            samples.remove(i); // every second one, from the first on
        }
        spacing = Duration.between(samples.getFirst().at, samples.getLast().at).dividedBy(samples.size());
    }
}
