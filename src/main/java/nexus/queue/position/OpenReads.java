package nexus.queue.position;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import nexus.queue.order.KeyOrder;
import nexus.queue.owed.OwedDelivery;
import nexus.queue.owed.OwedQueue.LaneKey;

/**
 * The reads in progress. The result of a read is outdated for a row that was settled since it began, and for later rows
 * of its key.
 */
public final class OpenReads {
    /** A read, and the settlements since it began. */
    public static final class Read {
        private final Set<Long> settledSeqs = new HashSet<>();
        private final Set<LaneKey> settledKeys = new HashSet<>();

        public boolean isSettled(OwedDelivery row) {
            return settledSeqs.contains(row.seq());
        }

        public boolean isSettled(LaneKey key) {
            return settledKeys.contains(key);
        }

        /** Whether nothing was settled meanwhile. */
        public boolean isCurrent() {
            return settledSeqs.isEmpty();
        }
    }

    private final Set<Read> reads = new HashSet<>();

    public Read begin() {
        Read read = new Read();
        reads.add(read);
        return read;
    }

    public void end(Read read) {
        reads.remove(read);
    }

    public void settled(List<OwedDelivery> rows) {
        for (Read read : reads) {
            for (OwedDelivery row : rows) {
                read.settledSeqs.add(row.seq());
                KeyOrder.keys(row).forEach(key -> read.settledKeys.add(new LaneKey(row.lane(), key)));
            }
        }
    }
}
