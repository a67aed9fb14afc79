package nexus.queue.owed;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * Deliveries of one lane that were stored together as one row, {@code owed_run}. The process that owns the lane has all of
 * them in memory that are still owed; as soon as it has not, it unpacks them: they become rows of {@code owed}.
 * Belongs to the backlog's event loop once it is handed over.
 */
public final class PackedRow implements Place {
    /** With fewer at once there is less to gain than lost when one of them fails. */
    public static final int SHORTEST = 64;
    /** What fits into a page of 8 KB. */
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
        // written out, as in event.EventType
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

    /** Whether it is in the store as a row of its own, as far as this process knows. */
    public boolean isPacked() {
        return isPacked;
    }

    /** It is no longer in the store: what is owed of it is a row of {@code owed}. */
    public void unpacked() {
        isPacked = false;
    }

    /** Its place among the others of this packed row, from 0. */
    public int indexOf(long seq) {
        return Arrays.binarySearch(seqs, seq);
    }

    /** What is still owed, as its index each; a copy. */
    public BitSet owed() {
        return (BitSet) owed.clone();
    }

    /** Committed: this is left. */
    public void left(BitSet stillOwed) {
        owed.and(stillOwed);
        isPacked &= !owed.isEmpty();
    }

    /** As the column {@code is_owed}. */
    public String bits(BitSet stillOwed) {
        StringBuilder bits = new StringBuilder(seqs.length);
        for (int i = 0; i < seqs.length; i++) {
            bits.append(stillOwed.get(i) ? '1' : '0');
        }
        return bits.toString();
    }
}
