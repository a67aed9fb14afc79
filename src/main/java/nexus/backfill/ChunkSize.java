package nexus.backfill;

import java.time.Duration;
import nexus.backfill.table.ReadChunk;

/**
 * The number of rows that the next chunk examines. It grows while chunks are read quickly, and shrinks when one takes long, so
 * that no transaction on the source lasts. Pure.
 */
record ChunkSize(int rows) {
    static final ChunkSize FIRST = new ChunkSize(250);

    private static final int MOST = 20_000;
    private static final Duration QUICK = Duration.ofMillis(200);
    private static final Duration SLOW = Duration.ofMillis(800);
    private static final int AFTER_TIMEOUT = 8;

    /** The size after a chunk. */
    ChunkSize after(ReadChunk chunk) {
        boolean wasWhole = !chunk.isFull() && chunk.examined() >= rows;
        if (chunk.took().compareTo(SLOW) > 0) {
            return new ChunkSize(Math.max(1, rows / 2));
        }
        return wasWhole && chunk.took().compareTo(QUICK) < 0 ? new ChunkSize(Math.min(MOST, rows * 2)) : this;
    }

    /** The size after a chunk that the server has cancelled. */
    ChunkSize afterTimeout() {
        return new ChunkSize(Math.max(1, rows / AFTER_TIMEOUT));
    }

    boolean isSmallest() {
        return rows == 1;
    }
}
