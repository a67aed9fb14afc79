package nexus.queue.position;

import java.util.List;
import nexus.queue.notify.OwedRows;
import nexus.queue.owed.Ready;

/**
 * Whether this process alone has stored what became owed lately. Seqs are drawn one after the other over all lanes and
 * processes: one that is missing belongs to another process, or is of another transaction, and may be of the same key.
 */
public final class OwnSeqs {
    private long last = -1; // -1: nothing is known
    private int gaps;

    /**
     * What this process has just stored.
     *
     * @return whether its seqs follow on those of the last time without a gap
     */
    public boolean follows(OwedRows stored) {
        long lowest = Long.MAX_VALUE;
        long highest = -1;
        long count = 0;
        for (List<Ready> rows : stored.freshByLane().values()) {
            for (Ready row : rows) {
                lowest = Math.min(lowest, row.delivery().seq());
                highest = Math.max(highest, row.delivery().seq());
                count++;
            }
        }
        if (count == 0) {
            return false;
        }
        boolean isNext = last >= 0 && lowest == last + 1 && highest - lowest + 1 == count;
        last = Math.max(last, highest);
        gaps += isNext ? 0 : 1;
        return isNext;
    }

    /**
     * How many gaps there were so far. What is missing in one may be of any lane: a lane that has not been read since the
     * last one may not know all that is owed to it.
     */
    public int gaps() {
        return gaps;
    }
}
