package nexus.backfill.table;

import java.time.Duration;
import java.util.List;
import nexus.capture.window.SeenTransactions;
import nexus.pgoutput.TupleData;

/**
 * The rows of one chunk.
 *
 * @param lastKey of the last row that was examined, as the types write it; empty if there was none
 * @param examined rows, sent or not
 * @param isLast whether the table has no row after them
 * @param isFull whether the memory of a chunk ended it
 */
public record ReadChunk(
        Leaf leaf,
        List<TupleData> rows,
        List<String> lastKey,
        int examined,
        boolean isLast,
        boolean isFull,
        SeenTransactions seen,
        Duration took) {
    public ReadChunk {
        rows = List.copyOf(rows);
        lastKey = List.copyOf(lastKey);
    }
}
