package nexus.tally;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Attempts of equal result and about equal duration, as one number: their count, whether they delivered, the class of the
 * answer, and the bucket of the duration. The store takes it apart when it sums up counters:
 * {@code n >> 16}, {@code n >> 12 & 1}, {@code n >> 9 & 7} and {@code n & 511}.
 */
public final class Tried {
    private static final int COUNT = 16;
    private static final int IS_DELIVERED = 12;
    private static final int CLASS = 9;
    private static final long KIND = (1L << COUNT) - 1;

    private Tried() {}

    /** @param statusCode null when there was no answer */
    public static long once(boolean isDelivered, @Nullable Integer statusCode, int durationMs) {
        return (1L << COUNT)
                | ((isDelivered ? 1L : 0L) << IS_DELIVERED)
                | ((long) StatusClass.of(statusCode).number() << CLASS)
                | DurationScale.bucket(durationMs);
    }

    /** The same attempts in as few numbers as possible. */
    public static Long[] summed(Long[] tried) {
        // the kind comes first while they are sorted, so that equal kinds lie side by side
        long[] byKind = new long[tried.length];
        for (int i = 0; i < byKind.length; i++) {
            byKind[i] = Long.rotateRight(tried[i], COUNT);
        }
        Arrays.sort(byKind);
        Long[] sums = new Long[byKind.length];
        int last = -1;
        for (long rotated : byKind) {
            long one = Long.rotateLeft(rotated, COUNT);
            if (last >= 0 && kind(sums[last]) == kind(one)) {
                sums[last] += one - kind(one);
            } else {
                sums[++last] = one;
            }
        }
        return Arrays.copyOf(sums, last + 1);
    }

    private static long kind(long tried) {
        return tried & KIND;
    }

    static long count(long tried) {
        return tried >>> COUNT;
    }

    static boolean isDelivered(long tried) {
        return ((tried >> IS_DELIVERED) & 1) == 1;
    }

    static StatusClass statusClass(long tried) {
        return StatusClass.numbered((int) ((tried >> CLASS) & 7));
    }

    static int bucket(long tried) {
        return (int) (tried & (DurationScale.BUCKETS - 1));
    }
}
