package nexus.replication.stream;

import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import nexus.pgoutput.Lsn;
import nexus.replication.connection.StreamConnection;
import nexus.replication.position.TimelineHistory;
import nexus.replication.source.SourceConnections;
import nexus.replication.state.StoreReply;
import nexus.replication.state.StoreUnavailableException;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.replication.LogSequenceNumber;
import org.postgresql.replication.PGReplicationStream;

/**
 * The stream of one slot on one connection. Runs on one thread, except {@link #abort}.
 *
 * <p>The automatic confirmation of the driver is switched off, because it would confirm changes that were received but
 * not stored.
 */
public final class WalStream {
    private static final long CONFIRM_EVERY_NANOS = Duration.ofSeconds(1).toNanos();
    private static final Duration LONGEST_SILENCE = Duration.ofSeconds(10);
    /**
     * The shortest {@code wal_sender_timeout} of a stream. A role or a database may set one that is shorter than an
     * ordinary pause of this process, and the server would then end every stream.
     */
    private static final Duration SHORTEST_TIMEOUT = Duration.ofSeconds(5);

    private static final long CHECK_INTERVAL_NANOS = Duration.ofMillis(5).toNanos();
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(250);
    private static final byte BEGIN = 'B';

    /** A closed connection does not make the socket readable, so read at this interval anyway. */
    private static final long READ_EVERY_NANOS = Duration.ofSeconds(1).toNanos();

    private final StreamConnection connection;
    private final PGReplicationStream stream;
    private final int pid;
    private final long keepAliveEveryNanos;
    private Lsn confirmed = Lsn.ZERO;
    private boolean isConfirmationSent = true;
    private long statusSentNanos = System.nanoTime();
    private boolean isReadDry;
    private long readNanos = System.nanoTime();

    private WalStream(StreamConnection connection, PGReplicationStream stream, int pid, Duration silence) {
        this.connection = connection;
        this.stream = stream;
        this.pid = pid;
        this.keepAliveEveryNanos = silence.toNanos();
    }

    /**
     * The responses to {@code IDENTIFY_SYSTEM} and {@code TIMELINE_HISTORY}.
     *
     * @param end the position up to which the WAL is flushed
     */
    public record SourceCluster(String systemId, TimelineHistory history, Lsn end, String database) {}

    public static SourceCluster identify(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            String systemId;
            int timeline;
            String database;
            Lsn end;
            try (ResultSet row = statement.executeQuery("IDENTIFY_SYSTEM")) {
                row.next();
                systemId = row.getString("systemid");
                timeline = row.getInt("timeline");
                database = row.getString("dbname");
                end = Lsn.parse(row.getString("xlogpos"));
            }
            if (timeline == 1) { // the first timeline has no history
                return new SourceCluster(systemId, TimelineHistory.first(timeline), end, database);
            }
            try (ResultSet row = statement.executeQuery("TIMELINE_HISTORY " + timeline)) {
                row.next();
                TimelineHistory history = TimelineHistory.parse(timeline, row.getString("content"));
                return new SourceCluster(systemId, history, end, database);
            }
        }
    }

    /**
     * @param from transactions that were committed before this position are not sent; empty for the position of the
     *     slot
     * @param senderTimeout the {@code wal_sender_timeout} of the session; zero means no timeout. A shorter one than five
     *     seconds is raised
     * @param publicationNames quoted names, separated by commas
     */
    public static WalStream start(
            StreamConnection connection,
            String slot,
            Optional<Lsn> from,
            String publicationNames,
            Duration senderTimeout)
            throws SQLException {
        Duration timeout = senderTimeout;
        if (!timeout.isZero() && timeout.compareTo(SHORTEST_TIMEOUT) < 0) {
            timeout = SHORTEST_TIMEOUT;
            try (Statement statement = connection.connection().createStatement()) {
                statement.execute("SET wal_sender_timeout = " + timeout.toMillis());
            }
        }
        Duration silence = timeout.isZero() ? LONGEST_SILENCE : timeout.dividedBy(3);
        if (silence.compareTo(LONGEST_SILENCE) > 0) {
            silence = LONGEST_SILENCE;
        }
        // The position of the slot is never ahead of the store, and stored changes are skipped here.
        PGReplicationStream stream = connection
                .connection()
                .unwrap(PGConnection.class)
                .getReplicationAPI()
                .replicationStream()
                .logical()
                .withSlotName(slot)
                .withStartPosition(
                        from.map(lsn -> LogSequenceNumber.valueOf(lsn.value())).orElse(LogSequenceNumber.INVALID_LSN))
                .withSlotOption("proto_version", 1)
                .withSlotOption("publication_names", publicationNames)
                .withSlotOption("messages", true)
                .withStatusInterval((int) silence.toMillis(), TimeUnit.MILLISECONDS)
                .withAutomaticFlush(false)
                .start();
        return new WalStream(connection, stream, SourceConnections.backendPid(connection.connection()), silence);
    }

    /** The pid of the server process, which holds the slot as long as this stream is alive. */
    int pid() {
        return pid;
    }

    /** The encoding of the texts in the messages. */
    Charset encoding() {
        return connection.encoding();
    }

    /** Returns the next message, if there is one, and answers keepalives of the server. */
    @Nullable
    ByteBuffer poll() throws SQLException {
        if (isReadDry && !connection.mayHaveInput() && System.nanoTime() - readNanos < READ_EVERY_NANOS) {
            return null;
        }
        ByteBuffer message = stream.readPending();
        isReadDry = message == null;
        readNanos = System.nanoTime();
        return message;
    }

    /**
     * Waits until the server announces a transaction, or has sent everything up to a position.
     *
     * @throws SQLException if the server fails before
     */
    public void awaitTransactionOr(Lsn end, BooleanSupplier isStopped) throws SQLException {
        while (true) {
            ByteBuffer message = poll();
            if (message != null && message.get(message.position()) == BEGIN) {
                return;
            } else if (message == null) {
                if (!received().isBefore(end)) {
                    return;
                }
                keepAlive();
                awaitInput(LONGEST_PAUSE);
            }
            if (isStopped.getAsBoolean()) {
                throw new SQLException("stopped");
            }
        }
    }

    /** Waits for input. May only be called when {@link #poll} has just returned nothing. */
    void awaitInput(Duration atMost) {
        if (connection.awaitInput(atMost)) {
            isReadDry = false;
        }
    }

    /**
     * The position up to which the server has sent everything. May only be called when {@link #poll} has just returned
     * nothing.
     */
    Lsn received() {
        return new Lsn(stream.getLastReceiveLSN().asLong());
    }

    /** Sets the position to confirm with the next status; never moves it back. */
    void confirm(Lsn stored) {
        if (confirmed.isBefore(stored)) {
            confirmed = stored;
            isConfirmationSent = false;
        }
    }

    /** Sends an outstanding confirmation: at once when the reader has time, otherwise once a second. */
    void sendConfirmation(boolean hasTime) throws SQLException {
        if (!isConfirmationSent && (hasTime || System.nanoTime() - statusSentNanos > CONFIRM_EVERY_NANOS)) {
            sendStatus();
        }
    }

    /** Keeps the connection alive while the reader does not read, because the server would end a silent stream. */
    void keepAlive() throws SQLException {
        if (System.nanoTime() - statusSentNanos > keepAliveEveryNanos) {
            sendStatus();
        }
    }

    /**
     * Waits for the store and keeps the connection to the server alive in the meantime.
     *
     * @throws StoreUnavailableException if the operation failed or did not end in time
     */
    public <T> T await(Future<T> reply) throws SQLException {
        long deadline = System.nanoTime() + StoreReply.AT_MOST.toNanos();
        while (!reply.isComplete()) {
            if (System.nanoTime() > deadline) {
                throw new StoreUnavailableException(new TimeoutException("the store does not answer"));
            }
            keepAlive();
            LockSupport.parkNanos(CHECK_INTERVAL_NANOS);
        }
        return StoreReply.await(reply);
    }

    /**
     * Moves the slot, and resets the reported position at once. The server treats a stream with a flushed position as a
     * synchronous standby if {@code synchronous_standby_names} matches its name ({@code *} matches all), and commits of
     * users then wait for it. A stream without one is asynchronous, whatever its name, and the slot keeps the reported
     * position.
     */
    private void sendStatus() throws SQLException {
        if (!confirmed.equals(Lsn.ZERO)) {
            flushed(LogSequenceNumber.valueOf(confirmed.value()));
            stream.forceUpdateStatus();
            flushed(LogSequenceNumber.INVALID_LSN);
        }
        stream.forceUpdateStatus();
        isConfirmationSent = true;
        statusSentNanos = System.nanoTime();
    }

    private void flushed(LogSequenceNumber lsn) {
        stream.setFlushedLSN(lsn);
        stream.setAppliedLSN(lsn);
    }

    /**
     * Ends the stream properly. The server sends the current transaction to its end first, so {@link #abort} may be
     * needed.
     */
    void close() throws SQLException {
        try {
            sendStatus();
            stream.close();
        } finally {
            connection.close();
        }
    }

    /** Cuts the connection; may be called on any thread. */
    void abort() {
        connection.abort();
    }
}
