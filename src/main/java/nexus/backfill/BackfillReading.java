package nexus.backfill;

import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Predicate;
import nexus.backfill.table.CannotRead;
import nexus.backfill.table.Leaf;
import nexus.backfill.table.ReadChunk;
import nexus.backfill.table.SourceRows;
import nexus.capture.window.Chunk;
import nexus.capture.window.Window;
import nexus.capture.window.Windows;
import nexus.event.IncomingEvent;
import nexus.event.IncomingEvent.Recipient;
import nexus.replication.stream.ChunkStream;
import nexus.replication.stream.ChunkStream.Mark;
import nexus.replication.stream.ChunkStream.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * One backfill in this process: its connection to the source, and its window in the stream. Blocks its thread while it waits
 * for the source or the stream. Used by one thread at a time.
 */
final class BackfillReading implements AutoCloseable {
    private static final Duration MARK_ARRIVES = Duration.ofSeconds(30);
    /** A transaction that is in the WAL but not visible yet usually is within milliseconds. */
    private static final Duration VISIBLE_WITHIN = Duration.ofSeconds(10);

    private static final Duration VISIBILITY_CHECK = Duration.ofMillis(20);

    private final ChunkStream stream;
    private final SourceRows rows;
    private final BackfillSettings settings;
    private final Predicate<IncomingEvent> isReceived;
    private @Nullable Window window;
    private ChunkSize size = ChunkSize.FIRST;

    /** @param isReceived whether the subscription also receives a change of the table */
    BackfillReading(
            ChunkStream stream, SourceRows rows, BackfillSettings settings, Predicate<IncomingEvent> isReceived) {
        this.stream = stream;
        this.rows = rows;
        this.settings = settings;
        this.isReceived = isReceived;
    }

    /** Whether it belongs to this stream, which has not ended. */
    boolean isIn(ChunkStream current) {
        return stream == current && !stream.isEnded();
    }

    /** The table or partition after one that has been read. */
    Optional<Leaf> next(long relation) throws SQLException, CannotRead {
        return rows.next(settings.oid(), relation);
    }

    /** The table or partition in which the cursor is; empty if it was dropped. */
    Optional<Leaf> at(BackfillCursor cursor) throws SQLException, CannotRead {
        return rows.leaf(cursor.relation());
    }

    void timedOut() throws CannotRead {
        if (size.isSmallest()) {
            throw new CannotRead("a single row takes longer than " + SourceRows.CHUNK_TIMEOUT.toSeconds() + " s");
        }
        size = size.afterTimeout();
    }

    /**
     * Reads the rows after the cursor.
     *
     * @param leaf in which the cursor is
     * @return empty if the stream has to be waited for, or the table was renamed or dropped meanwhile
     */
    Optional<ReadChunk> read(BackfillCursor cursor, Leaf leaf, int most)
            throws SQLException, CannotRead, InterruptedException {
        Optional<Window> open = opened(leaf.scope());
        if (open.isEmpty()) {
            return Optional.empty();
        }
        open.get().reads((int) cursor.relation());
        Optional<ReadChunk> chunk =
                rows.read(cursor.relation(), cursor.key(), cursor.after(), settings.condition(), size.rows(), most);
        if (chunk.isPresent()) {
            size = size.after(chunk.get());
        }
        return chunk.filter(read -> read.leaf().scope().equals(leaf.scope()));
    }

    private Optional<Window> opened(String scope) throws SQLException, InterruptedException {
        Window known = window;
        if (known != null && known.scope().equals(scope) && !known.isLost()) {
            return Optional.of(known);
        }
        closeWindow();
        Window opening = new Window(scope, isReceived);
        Mark mark = stream.open(opening);
        long transaction = rows.mark(Windows.PREFIX, mark.content());
        if (await(mark) != Outcome.OPENED) {
            stream.close(opening);
            return Optional.empty();
        }
        // The stream may have had a transaction before the window opened that queries do not see yet.
        long deadline = System.nanoTime() + VISIBLE_WITHIN.toNanos();
        while (!rows.seen().seesAllBefore(transaction) && System.nanoTime() - deadline < 0) {
            Thread.sleep(VISIBILITY_CHECK);
        }
        window = opening;
        return Optional.of(opening);
    }

    /**
     * Lets the rows join the stream.
     *
     * @param change of the job, in the transaction that stores them
     */
    Outcome join(ReadChunk chunk, UUID subscription, UUID job, Function<SqlConnection, Future<Boolean>> change)
            throws SQLException, InterruptedException {
        Window open = window;
        if (open == null) {
            return Outcome.OUTDATED;
        }
        Mark mark = stream.offer(
                new Chunk(
                        open,
                        new Recipient(subscription, job),
                        chunk.leaf().relation(),
                        chunk.leaf().catalogTable(),
                        chunk.rows(),
                        chunk.seen()),
                change);
        try {
            rows.mark(Windows.PREFIX, mark.content());
        } catch (SQLException e) {
            stream.withdraw(mark);
            throw e;
        }
        return await(mark);
    }

    /** Waits for the mark. One that has arrived when the time is over is waited for until the stream ends. */
    private Outcome await(Mark mark) throws InterruptedException {
        try {
            try {
                return mark.outcome().get(MARK_ARRIVES.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                stream.withdraw(mark);
                return mark.outcome().get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private void closeWindow() {
        Window known = window;
        window = null;
        if (known != null) {
            stream.close(known);
        }
    }

    @Override
    public void close() throws SQLException {
        closeWindow();
        rows.close();
    }
}
