package nexus.replication.slot;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import nexus.replication.source.SourceConnections;
import nexus.store.NamedSql;
import org.jspecify.annotations.Nullable;

/**
 * Creates the slot on a thread of its own. The creation may take hours, since it waits for every open writing
 * transaction.
 */
public final class SlotCreation {
    /** A prepared transaction blocks as pid 0, so its gid is found by the transaction id that is waited for. */
    private static final NamedSql BLOCKERS = NamedSql.of("""
            SELECT (SELECT pg_catalog.string_agg(pid::text, ', ')
                    FROM pg_catalog.unnest(pg_catalog.pg_blocking_pids(:pid)) AS pid WHERE pid <> 0) AS pids,
                   (SELECT pg_catalog.min(p.gid) FROM pg_catalog.pg_locks l
                    JOIN pg_catalog.pg_prepared_xacts p ON p.transaction = l.transactionid
                    WHERE l.pid = :pid AND l.locktype = 'transactionid' AND NOT l.granted) AS gid""", "pid");

    private final Connection connection;
    private final int pid;
    private final CompletableFuture<Void> done;

    private SlotCreation(Connection connection, String slot) throws SQLException {
        this.connection = connection;
        this.pid = SourceConnections.backendPid(connection);
        this.done = new CompletableFuture<>();
        Thread.ofPlatform().name("nexus-slot").daemon(true).start(() -> {
            try (connection) {
                ReplicationSlot.create(connection, slot);
                done.complete(null);
            } catch (SQLException e) {
                done.completeExceptionally(e);
            }
        });
    }

    public static SlotCreation start(SourceConnections connections, String slot) throws SQLException {
        return new SlotCreation(connections.openPatient(), slot);
    }

    /** @throws SQLException the error that ended the creation */
    public boolean isDone() throws SQLException {
        try {
            return done.isDone() && done.join() == null;
        } catch (CompletionException e) {
            if (e.getCause() instanceof SQLException cause) {
                throw cause;
            }
            throw e;
        }
    }

    /** Describes what the creation waits for. */
    public String describeWait(Connection asking) throws SQLException {
        try (PreparedStatement statement = BLOCKERS.prepare(asking, pid);
                ResultSet row = statement.executeQuery()) {
            row.next();
            @Nullable String gid = row.getString("gid");
            if (gid != null) {
                OpenTransaction waitedFor = new OpenTransaction.Prepared(gid, Duration.ZERO);
                return "the slot waits for " + waitedFor.describe() + ": " + waitedFor.endingSql();
            }
            @Nullable String pids = row.getString("pids");
            return pids == null
                    ? "the slot is being created"
                    : "the slot waits for the open transaction of pid " + pids;
        }
    }

    /** Cancels the creation. The server drops the slot that it began to create. */
    public void cancel() throws SQLException {
        connection.abort(Runnable::run);
    }
}
