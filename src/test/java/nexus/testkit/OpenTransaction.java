package nexus.testkit;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import nexus.replication.source.SourceConnections;

/** A transaction of another client. It stays open until it is committed, rolled back or closed; closing rolls it back. */
public final class OpenTransaction implements AutoCloseable {
    private final Connection connection;

    private OpenTransaction(Connection connection) {
        this.connection = connection;
    }

    /** Begins it with these statements. */
    public static OpenTransaction at(String url, String... statements) {
        OpenTransaction transaction = new OpenTransaction(TestPostgres.connect(url));
        try {
            transaction.connection.setAutoCommit(false);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        transaction.execute(statements);
        return transaction;
    }

    public void execute(String... statements) {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The next statement begins another transaction. */
    public void commit() {
        try {
            connection.commit();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The next statement begins another transaction. */
    public void rollback() {
        try {
            connection.rollback();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The server process of its session. */
    public int pid() {
        try {
            return SourceConnections.backendPid(connection);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
