package nexus.dispatch;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import nexus.queue.owed.OwedDelivery;
import nexus.queue.owed.OwedQueue.LaneKey;

/** Reads that are under way. What one says of a row that is settled since it began, or of rows behind it, is out of date. */
final class OpenReads {
    /** One read, and what was settled since it began. */
    static final class Read {
        private final Set<Long> settledSeqs = new HashSet<>();
        private final Set<LaneKey> settledKeys = new HashSet<>();

        boolean isSettled(OwedDelivery row) {
            return settledSeqs.contains(row.seq());
        }

        boolean isSettled(LaneKey key) {
            return settledKeys.contains(key);
        }

        /** Nothing at all was settled meanwhile. */
        boolean isCurrent() {
            return settledSeqs.isEmpty();
        }
    }

    private final Set<Read> reads = new HashSet<>();

    Read begin() {
        Read read = new Read();
        reads.add(read);
        return read;
    }

    void end(Read read) {
        reads.remove(read);
    }

    void settled(List<OwedDelivery> rows) {
        for (Read read : reads) {
            for (OwedDelivery row : rows) {
                read.settledSeqs.add(row.seq());
                KeyOrder.keys(row).forEach(key -> read.settledKeys.add(new LaneKey(row.lane(), key)));
            }
        }
    }
}
