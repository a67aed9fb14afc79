package nexus.queue.position;

import java.util.List;
import nexus.queue.notify.OwedRows;
import nexus.queue.owed.Ready;

/**
 * Whether only this process has stored the newly owed deliveries. Seqs are drawn from one sequence for all lanes and
 * processes, so a missing one belongs to another process or transaction, and may have the same key.
 */
public final class OwnSeqs {
    private long last = -1; // -1 when unknown
    private int gaps;

    /**
     * Records the seqs that this process has just stored.
     *
     * @return whether they follow the last ones without a gap
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
     * The number of gaps so far. The missing seqs may belong to any lane, so a lane that was not read since the last gap may not
     * know all of its owed deliveries.
     */
    public int gaps() {
        return gaps;
    }
}
