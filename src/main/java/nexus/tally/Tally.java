package nexus.tally;

import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalInt;

/** A sum of counts, to which more can be added. For one thread. */
public final class Tally {
    private final Map<StatusClass, Long> failed = new EnumMap<>(StatusClass.class);
    private final long[] durations = new long[DurationScale.BUCKETS];
    private long events;
    private long dead;
    private long sent;
    private long tried;

    public void addEvents(long more) {
        events += more;
    }

    public void addDead(long more) {
        dead += more;
    }

    /** @param attempts of {@link Tried} */
    public void add(Long[] attempts) {
        for (long attempt : attempts) {
            long count = Tried.count(attempt);
            if (Tried.isDelivered(attempt)) {
                sent += count;
            } else {
                failed.merge(Tried.statusClass(attempt), count, Long::sum);
            }
            addDuration(Tried.bucket(attempt), count);
        }
    }

    /**
     * Adds attempts with answers of one class.
     *
     * @param byDuration of both kinds: the count, and the bucket of the duration in the last 16 bits
     */
    public void add(StatusClass answers, long moreSent, long moreFailed, Long[] byDuration) {
        sent += moreSent;
        if (moreFailed > 0) {
            failed.merge(answers, moreFailed, Long::sum);
        }
        for (long some : byDuration) {
            addDuration(Tried.bucket(some), Tried.count(some));
        }
    }

    private void addDuration(int bucket, long count) {
        durations[bucket] += count;
        tried += count;
    }

    public long events() {
        return events;
    }

    public long dead() {
        return dead;
    }

    public long sent() {
        return sent;
    }

    /** Attempts that did not deliver. */
    public long failed(StatusClass answers) {
        return failed.getOrDefault(answers, 0L);
    }

    /**
     * The shortest duration, in milliseconds, that this percentage of the attempts did not exceed; empty without attempts.
     *
     * @param percent 1 to 100
     */
    public OptionalInt percentile(int percent) {
        long rank = Math.ceilDiv(tried * percent, 100);
        long passed = 0;
        for (int bucket = 0; bucket < durations.length && tried > 0; bucket++) {
            passed += durations[bucket];
            if (passed >= rank) {
                return OptionalInt.of(DurationScale.middle(bucket));
            }
        }
        return OptionalInt.empty();
    }
}
