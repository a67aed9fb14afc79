package nexus.replication.slot;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import nexus.replication.source.SourceConnections;
import org.jspecify.annotations.Nullable;

/** Makes the slot on a thread of its own, because it may take hours: it waits for every open writing transaction. */
public final class SlotCreation {
    /** A prepared transaction blocks as pid 0; the transaction that is waited for tells which one it is. */
    private static final String BLOCKERS = """
            SELECT (SELECT pg_catalog.string_agg(pid::text, ', ')
                    FROM pg_catalog.unnest(pg_catalog.pg_blocking_pids(?)) AS pid WHERE pid <> 0) AS pids,
                   (SELECT pg_catalog.min(p.gid) FROM pg_catalog.pg_locks l
                    JOIN pg_catalog.pg_prepared_xacts p ON p.transaction = l.transactionid
                    WHERE l.pid = ? AND l.locktype = 'transactionid' AND NOT l.granted) AS gid""";

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
        return new SlotCreation(connections.patient(), slot);
    }

    /** @throws SQLException the one that ended it */
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

    /** What it waits for, in words. */
    public String detail(Connection asking) throws SQLException {
        try (PreparedStatement statement = asking.prepareStatement(BLOCKERS)) {
            statement.setInt(1, pid);
            statement.setInt(2, pid);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                @Nullable String gid = row.getString("gid");
                if (gid != null) {
                    OpenTransaction waitedFor = new OpenTransaction.Prepared(gid, Duration.ZERO);
                    return "the slot waits for " + waitedFor.inWords() + ": " + waitedFor.endingSql();
                }
                @Nullable String pids = row.getString("pids");
                return pids == null
                        ? "the slot is being made"
                        : "the slot waits for the open transaction of pid " + pids;
            }
        }
    }

    /** Gives up: the server drops what it had begun. */
    public void cancel() throws SQLException {
        connection.abort(Runnable::run);
    }
}
