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
 * The stream of one slot over one connection. For one thread, but for {@link #abort}.
 *
 * <p>The driver's own idea of what may be confirmed is switched off: it would confirm changes that were received and not
 * stored.
 */
public final class WalStream {
    private static final long CONFIRM_EVERY_NANOS = Duration.ofSeconds(1).toNanos();
    private static final Duration LONGEST_SILENCE = Duration.ofSeconds(10);
    private static final Duration SHORTEST_SILENCE = Duration.ofMillis(100);
    private static final long LOOK_AGAIN_NANOS = Duration.ofMillis(5).toNanos();
    /** Read all the same so often: that a connection has ended is no input, for who does not wait for any. */
    private static final long READ_EVERY_NANOS = Duration.ofSeconds(1).toNanos();

    private final StreamConnection connection;
    private final PGReplicationStream stream;
    private final int pid;
    private final long answerEveryNanos;
    private Lsn confirmed = Lsn.ZERO;
    private boolean isConfirmationSent = true;
    private long statusSentNanos = System.nanoTime();
    private boolean isReadDry;
    private long readNanos = System.nanoTime();

    private WalStream(StreamConnection connection, PGReplicationStream stream, int pid, Duration silence) {
        this.connection = connection;
        this.stream = stream;
        this.pid = pid;
        this.answerEveryNanos = silence.toNanos();
    }

    /**
     * What {@code IDENTIFY_SYSTEM} and {@code TIMELINE_HISTORY} say.
     *
     * @param end up to where the WAL is flushed
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
            if (timeline == 1) { // there is no history of the first one
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
     * @param from what was committed before is not sent; empty for the slot's own position
     * @param senderTimeout the server's {@code wal_sender_timeout}; zero means that it has none
     * @param publicationNames quoted, with commas between them
     */
    public static WalStream start(
            StreamConnection connection,
            String slot,
            Optional<Lsn> from,
            String publicationNames,
            Duration senderTimeout)
            throws SQLException {
        Duration silence = senderTimeout.isZero() ? LONGEST_SILENCE : senderTimeout.dividedBy(3);
        if (silence.compareTo(LONGEST_SILENCE) > 0) {
            silence = LONGEST_SILENCE;
        } else if (silence.compareTo(SHORTEST_SILENCE) < 0) {
            silence = SHORTEST_SILENCE;
        }
        // The slot's own position is never further than what is stored, and what is stored is skipped here.
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

    /** The server's process: what holds the slot as long as this stream is alive. */
    int pid() {
        return pid;
    }

    /** Of the texts in its messages. */
    Charset encoding() {
        return connection.encoding();
    }

    /** The next message if one is there. Answers the server's keepalives on the way. */
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

    /** Waits until something has come. Only when {@link #poll} has just said that nothing is there. */
    void awaitInput(Duration atMost) {
        if (connection.awaitInput(atMost)) {
            isReadDry = false;
        }
    }

    /** How far the server has sent everything. Only to be asked when {@link #poll} has just said that nothing is there. */
    Lsn received() {
        return new Lsn(stream.getLastReceiveLSN().asLong());
    }

    /** Confirms what is stored, soon; never goes back. */
    void confirm(Lsn stored) {
        if (confirmed.isBefore(stored)) {
            confirmed = stored;
            isConfirmationSent = false;
        }
    }

    /** Sends what there is to confirm: at once when the reader has time, else once a second. */
    void sendConfirmation(boolean hasTime) throws SQLException {
        if (!isConfirmationSent && (hasTime || System.nanoTime() - statusSentNanos > CONFIRM_EVERY_NANOS)) {
            sendStatus();
        }
    }

    /** For a reader that does not read now: else the server would take it for dead. */
    void answer() throws SQLException {
        if (System.nanoTime() - statusSentNanos > answerEveryNanos) {
            sendStatus();
        }
    }

    /**
     * Waits for the store, and keeps the server company meanwhile.
     *
     * @throws StoreUnavailableException if it failed or did not answer
     */
    public <T> T answering(Future<T> reply) throws SQLException {
        long deadline = System.nanoTime() + StoreReply.AT_MOST.toNanos();
        while (!reply.isComplete()) {
            if (System.nanoTime() > deadline) {
                throw new StoreUnavailableException(new TimeoutException("the store does not answer"));
            }
            answer();
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
        return StoreReply.of(reply);
    }

    /**
     * Moves the slot, and takes the position back at once. The server counts a stream with a flushed position as a
     * synchronous standby if {@code synchronous_standby_names} fits its name ({@code *} fits all), and lets the users'
     * commits wait for it. A stream without one is asynchronous, whatever its name, and the slot keeps what it was told.
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

    /** Says goodbye. The server sends the transaction at hand to its end first, so {@link #abort} may have to help. */
    void close() throws SQLException {
        try {
            sendStatus();
            stream.close();
        } finally {
            connection.close();
        }
    }

    /** Cuts the connection. From any thread. */
    void abort() {
        connection.abort();
    }
}
