package nexus.dispatch;

import java.util.List;
import nexus.queue.notify.FreshDelivery;
import nexus.queue.notify.OwedRows;

/**
 * Whether this process alone has stored what became owed lately. Seqs are drawn one after the other over all lanes and
 * processes: one that is missing belongs to another process, or is of another transaction, and may be of the same key.
 */
final class SeqRun {
    private long last = -1; // -1: nothing is known

    /**
     * What this process has just stored.
     *
     * @return whether its seqs follow on those of the last time without a gap
     */
    boolean follows(OwedRows stored) {
        long lowest = Long.MAX_VALUE;
        long highest = -1;
        long count = 0;
        for (List<FreshDelivery> rows : stored.freshByLane().values()) {
            for (FreshDelivery row : rows) {
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
        return isNext;
    }
}
