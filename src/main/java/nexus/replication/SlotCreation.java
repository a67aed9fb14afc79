package nexus.replication;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** Makes the slot on a thread of its own, because it may take hours: it waits for every open writing transaction. */
final class SlotCreation {
    private static final String BLOCKERS = """
            SELECT coalesce(string_agg(pid::text, ', '), '')
            FROM unnest(pg_catalog.pg_blocking_pids(?)) AS pid""";

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

    static SlotCreation start(SourceConnections connections, String slot) throws SQLException {
        return new SlotCreation(connections.patient(), slot);
    }

    /** @throws SQLException the one that ended it */
    boolean isDone() throws SQLException {
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
    String detail(Connection asking) throws SQLException {
        try (PreparedStatement statement = asking.prepareStatement(BLOCKERS)) {
            statement.setInt(1, pid);
            try (ResultSet row = statement.executeQuery()) {
                @Nullable String pids = row.next() ? row.getString(1) : null;
                return pids == null || pids.isEmpty()
                        ? "the slot is being made"
                        : "the slot waits for the open transaction of pid " + pids;
            }
        }
    }

    /** Gives up: the server drops what it had begun. */
    void cancel() throws SQLException {
        connection.abort(Runnable::run);
    }
}
