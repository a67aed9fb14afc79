package nexus.bench.receiver;

import java.util.Arrays;
import java.util.Locale;

/** Durations in order, asked by rank: every answer is a value that was measured. */
public final class Percentiles {
    private final long[] sortedNanos;

    private Percentiles(long[] sortedNanos) {
        this.sortedNanos = sortedNanos;
    }

    public static Percentiles of(long[] nanos) {
        long[] sorted = nanos.clone();
        Arrays.sort(sorted);
        return new Percentiles(sorted);
    }

    /**
     * The smallest value that at least this share of all values does not exceed, in milliseconds.
     *
     * @param share above 0, at most 1
     * @return 0 when nothing was measured
     */
    public double millis(double share) {
        if (share <= 0 || share > 1) {
            throw new IllegalArgumentException("a share is above 0 and at most 1, not " + share);
        }
        if (sortedNanos.length == 0) {
            return 0;
        }
        int rank = (int) Math.ceil(share * sortedNanos.length);
        return sortedNanos[rank - 1] / 1e6;
    }

    public int count() {
        return sortedNanos.length;
    }

    @Override
    public String toString() {
        if (sortedNanos.length == 0) {
            return "nothing measured";
        }
        return String.format(
                Locale.ROOT,
                "p50 %.2f ms, p99 %.2f ms, max %.2f ms of %d",
                millis(0.5),
                millis(0.99),
                millis(1),
                count());
    }
}
