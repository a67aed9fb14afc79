package nexus.queue.owed;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * Deliveries of one lane that are stored together as one row of {@code owed_run}. The process that owns the lane has all of
 * them in memory that are still owed; otherwise it unpacks them to rows of {@code owed}. Belongs to the backlog's event loop
 * once it is passed on.
 */
public final class PackedRow implements Place {
    /** For fewer deliveries the gain is smaller than the cost of a failure of one of them. */
    public static final int SHORTEST = 64;
    /** Deliveries that fit into a page of 8 KB. */
    public static final int LONGEST = 160;

    private final int lane;
    private final long[] seqs;
    private final BitSet owed;
    private boolean isPacked = true;

    /** @param seqs ascending */
    public PackedRow(int lane, List<Long> seqs) {
        this.lane = lane;
        this.seqs = seqs.stream().mapToLong(Long::longValue).toArray();
        this.owed = new BitSet(this.seqs.length);
        this.owed.set(0, this.seqs.length);
    }

    /** The primary key of its row. */
    public record Key(int lane, long firstSeq) {
        // written out for the native executable, as in event.EventType
        @Override
        public boolean equals(Object other) {
            return other instanceof Key of && lane == of.lane && firstSeq == of.firstSeq;
        }

        @Override
        public int hashCode() {
            return 31 * lane + Long.hashCode(firstSeq);
        }
    }

    public Key key() {
        return new Key(lane, firstSeq());
    }

    public int lane() {
        return lane;
    }

    public long firstSeq() {
        return seqs[0];
    }

    /** Whether it is in the store as a packed row, as known to this process. */
    public boolean isPacked() {
        return isPacked;
    }

    /** Records that it was unpacked in the store. */
    public void unpacked() {
        isPacked = false;
    }

    /** The index of a delivery in this packed row. */
    public int indexOf(long seq) {
        return Arrays.binarySearch(seqs, seq);
    }

    /** The indexes of the deliveries that are still owed; a copy. */
    public BitSet owed() {
        return (BitSet) owed.clone();
    }

    /** Sets the remaining deliveries after a commit. */
    public void left(BitSet stillOwed) {
        owed.and(stillOwed);
        isPacked &= !owed.isEmpty();
    }

    /** The value of the column {@code is_owed}. */
    public String bits(BitSet stillOwed) {
        StringBuilder bits = new StringBuilder(seqs.length);
        for (int i = 0; i < seqs.length; i++) {
            bits.append(stillOwed.get(i) ? '1' : '0');
        }
        return bits.toString();
    }
}
