package nexus.replication.stream;

import io.micrometer.core.instrument.Counter;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import nexus.capture.Progress;
import nexus.capture.TransactionAssembler;
import nexus.capture.window.Chunk;
import nexus.pgoutput.Lsn;
import nexus.pgoutput.PgOutputDecoder;
import nexus.replication.position.SourcePosition;
import nexus.replication.position.UnreadableTransaction;
import nexus.replication.state.CaptureReport;
import nexus.replication.state.StoreReply;
import nexus.replication.state.StoreUnavailableException;
import org.jspecify.annotations.Nullable;

/**
 * Processes one stream from its start to its end: reads messages, builds events, has them stored, and confirms the
 * stored position. Runs on one thread, except {@link #abort} and the methods about the lag.
 *
 * <p>Two batches bound the memory, one being stored and one being read. When both are full, the session stops reading,
 * but still answers the server's keepalives.
 */
public final class ReplicationSession {
    /**
     * A smaller advance is skipped, because writing the position creates WAL itself when the store is in the same
     * cluster.
     */
    private static final long ADVANCE_BYTES = 16 * 1024;

    private static final long PROBATION_NANOS = Duration.ofSeconds(5).toNanos();
    private static final long SHORTEST_PAUSE_NANOS = Duration.ofMillis(1).toNanos();
    /** Bounds the CPU cost of an idle source, because each poll is a read in the driver that times out. */
    private static final long LONGEST_PAUSE_NANOS = Duration.ofMillis(20).toNanos();
    /** The maximum wait for input, which bounds the time until a stop is noticed. */
    private static final Duration LONGEST_WAIT = Duration.ofMillis(250);

    private final WalStream stream;
    private final Connection catalogConnection;
    private final TransactionAssembler assembler;
    private final ReadBatch batch;
    private final BatchStoring storing;
    private final CaptureReport report;
    private final ChunkStream chunks;
    private final LostRest lostRest;
    private final BeforeStoring beforeStoring;
    private final long advanceEveryNanos;
    private final Counter eventsRead;
    private final Counter transactionsRead;
    private long lastMessageNanos = System.nanoTime();
    private long lastAdvanceNanos = System.nanoTime();
    private @Nullable Instant storingUpTo; // commit time of the newest event passed to intake
    private volatile @Nullable Instant storedUpTo;
    private volatile boolean isBehind;
    private volatile Lsn confirmed;
    private final SourcePosition from;
    private final long openedNanos = System.nanoTime();
    private volatile boolean isProven;
    private @Nullable Lsn reading; // the current transaction

    /** Called when the remaining changes of a partly stored transaction will not arrive. */
    @FunctionalInterface
    public interface LostRest {
        void note(Lsn nextCommit) throws SQLException;
    }

    /** Stores data that must be stored before the events of a batch. */
    @FunctionalInterface
    public interface BeforeStoring {
        void run() throws SQLException;
    }

    /** The parts of a session, which closes {@code catalogConnection}. */
    public record Parts(
            WalStream stream,
            Connection catalogConnection,
            TransactionAssembler assembler,
            ReadBatch batch,
            BatchStoring storing,
            CaptureReport report,
            ChunkStream chunks,
            LostRest lostRest,
            BeforeStoring beforeStoring,
            Duration advanceInterval,
            Counter eventsRead,
            Counter transactionsRead) {}

    public ReplicationSession(Parts parts) {
        this.stream = parts.stream;
        this.catalogConnection = parts.catalogConnection;
        this.assembler = parts.assembler;
        this.batch = parts.batch;
        this.storing = parts.storing;
        this.report = parts.report;
        this.chunks = parts.chunks;
        this.lostRest = parts.lostRest;
        this.beforeStoring = parts.beforeStoring;
        this.advanceEveryNanos = parts.advanceInterval.toNanos();
        this.eventsRead = parts.eventsRead;
        this.transactionsRead = parts.transactionsRead;
        this.from = storing.stored();
        this.confirmed = from.doneEnd();
    }

    /**
     * Reads until {@code isStopped}, which is called in each round, returns true.
     *
     * @throws SQLException if the connection breaks or the server ends the stream
     */
    public void readUntil(BooleanSupplier isStopped) throws SQLException {
        stream.confirm(confirmed);
        while (!isStopped.getAsBoolean()) {
            boolean received = batch.isFull() ? keepAlive() : receive();
            storeAndConfirm(!received);
            advance(!received);
            prove();
            if (!received) {
                pause();
            }
        }
    }

    private void prove() {
        if (!isProven) {
            boolean isOldEnough = System.nanoTime() - openedNanos > PROBATION_NANOS && !storing.isFailing();
            isProven = isOldEnough || !storing.stored().equals(from);
        }
    }

    /**
     * Whether the session has advanced the position or has run for a while without failures, so that the failure of its
     * predecessor is over.
     */
    public boolean isProven() {
        return isProven;
    }

    /**
     * Waits for the batch that is being stored and confirms it, then closes the stream, unless it is within a
     * transaction. The server sends the changes after the confirmed position again.
     */
    public void finish(Duration atMost) throws SQLException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (!storing.isIdle() && System.nanoTime() < deadline) {
            stream.keepAlive();
            LockSupport.parkNanos(SHORTEST_PAUSE_NANOS);
            storing.check();
        }
        confirm();
        if (batch.isInTransaction()) {
            stream.sendConfirmation(true); // does not close the stream, which would wait for the end of the transaction
        } else {
            stream.close();
        }
    }

    /** The place where chunks of backfills join this stream. */
    public ChunkStream chunks() {
        return chunks;
    }

    /** Cuts the connections; may be called on any thread. */
    public void abort() {
        stream.abort();
        try {
            catalogConnection.abort(Runnable::run);
        } catch (SQLException e) {
            // the connection is discarded anyway
        }
    }

    /** The pid of the server process that serves this stream. */
    int senderPid() {
        return stream.pid();
    }

    Lsn confirmed() {
        return confirmed;
    }

    /** The age in seconds of the newest stored commit while there is more to read, otherwise zero. */
    double lagSeconds(Instant now) {
        Instant newest = storedUpTo;
        return isBehind && newest != null ? Duration.between(newest, now).toMillis() / 1000.0 : 0;
    }

    private boolean keepAlive() throws SQLException {
        stream.keepAlive();
        return false;
    }

    private boolean receive() throws SQLException {
        ByteBuffer message = poll();
        if (message == null) {
            return false;
        }
        lastMessageNanos = System.nanoTime();
        switch (assembler.accept(PgOutputDecoder.decode(message, stream.encoding()))) {
            case Progress.Unmoved _ -> {}
            case Progress.Begun begun -> {
                batch.begun();
                reading = begun.commitLsn();
                if (begun.restIsLost()) {
                    lostRest.note(begun.commitLsn());
                }
            }
            case Progress.Within within -> {
                batch.add(within);
                eventsRead.increment(within.events().size());
            }
            case Progress.AtChunk(Progress.Within within, Chunk chunk, boolean isOutdated) -> {
                batch.add(within);
                chunks.take(chunk, isOutdated).ifPresent(batch::add);
            }
            case Progress.Complete complete -> {
                batch.complete(complete.endLsn());
                reading = null;
                transactionsRead.increment();
            }
        }
        return true;
    }

    private @Nullable ByteBuffer poll() throws SQLException {
        try {
            return stream.poll();
        } catch (SQLException e) {
            if (!UnreadableTransaction.isAboutAChange(e)) {
                throw e;
            }
            storeWhatWasRead();
            Lsn failed = reading;
            if (failed == null) {
                throw new UnannouncedTransaction(storing.stored().doneEnd(), e);
            }
            throw new UnreadableTransaction(failed, e);
        }
    }

    /** Stores everything that was read before the stream ended, so that it does not have to be sent again. */
    private void storeWhatWasRead() {
        long deadline = System.nanoTime() + StoreReply.AT_MOST.toNanos();
        while (!storing.isIdle() || !batch.isEmpty()) {
            if (System.nanoTime() > deadline) {
                throw new StoreUnavailableException(new TimeoutException("the store does not answer"));
            }
            if (storing.isIdle()) {
                startStoring(batch.take(), batch.end());
            }
            LockSupport.parkNanos(SHORTEST_PAUSE_NANOS);
            storing.check();
        }
    }

    private void storeAndConfirm(boolean hasTime) throws SQLException {
        boolean wasStoring = !storing.isIdle();
        storing.check();
        if (storing.isIdle()) {
            if (wasStoring) {
                storedUpTo = storingUpTo;
                confirm();
            }
            if (batch.isDue(storing.stored())) {
                beforeStoring.run();
                startStoring(batch.take(), batch.end());
            }
        }
        isBehind = !storing.isIdle() || !batch.isEmpty();
        stream.sendConfirmation(hasTime);
    }

    private void startStoring(ReadBatch.Taken taken, SourcePosition to) {
        if (!taken.events().isEmpty()) {
            storingUpTo = taken.events().getLast().createdAt();
        }
        storing.start(taken, to);
    }

    private void confirm() {
        Lsn stored = storing.stored().doneEnd();
        if (confirmed.isBefore(stored)) {
            stream.confirm(stored);
            confirmed = stored;
            lastAdvanceNanos = System.nanoTime();
            report.setConfirmed(stored);
        }
    }

    /**
     * Moves the position over WAL without captured changes, so that the source can drop it. The position is stored
     * first and confirmed afterwards.
     *
     * @param isDrained whether the stream has no more messages at the moment
     */
    private void advance(boolean isDrained) {
        if (!storing.isIdle() || System.nanoTime() - lastAdvanceNanos < advanceEveryNanos) {
            return;
        }
        lastAdvanceNanos = System.nanoTime();
        if (isDrained && !batch.isInTransaction()) {
            batch.skipTo(stream.received());
        }
        SourcePosition to = batch.isEmpty() ? batch.end() : storing.handled();
        Lsn stored = storing.stored().doneEnd();
        if (stored.isBefore(to.doneEnd()) && to.doneEnd().value() - stored.value() > ADVANCE_BYTES) {
            storing.start(ReadBatch.Taken.NOTHING, to);
        }
    }

    /**
     * Waits for input. While the store may respond first, sleeps a fiftieth of the idle time instead, within fixed
     * bounds.
     */
    private void pause() {
        if (storing.isIdle() && batch.isEmpty()) {
            stream.awaitInput(LONGEST_WAIT);
            return;
        }
        long idle = System.nanoTime() - lastMessageNanos;
        LockSupport.parkNanos(Math.clamp(idle / 50, SHORTEST_PAUSE_NANOS, LONGEST_PAUSE_NANOS));
    }
}
