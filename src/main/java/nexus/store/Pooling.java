package nexus.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import nexus.notation.SqlState;

/**
 * Detects from the behaviour of an address whether its connections are sessions of PostgreSQL itself. The detection
 * changes nothing, because a session behind a pooler may be in use by another program.
 */
public sealed interface Pooling {

    /** PostgreSQL itself, or a proxy that passes everything through. */
    record Direct() implements Pooling {}

    /** A pooler that assigns one session of the server to each connection. */
    record PerSession(String because) implements Pooling {}

    /** A pooler that assigns a session of the server to each transaction or statement. */
    record PerTransaction(String because) implements Pooling {
        /** @param url the address that was asked */
        public String refusal(PostgresUrl url) {
            return "is a connection pooler in transaction mode (" + because + "); write the direct port of PostgreSQL"
                    + " into it" + (url.port() == 5432 ? "" : " (usually 5432)")
                    + ", or that of a pooler in session mode";
        }
    }

    /** Connections of an address share sessions, although the caller needs sessions of its own. */
    final class SharedSessionException extends SQLException {
        private static final long serialVersionUID = 1;

        SharedSessionException(PostgresUrl url, PerTransaction pooling) {
            super(url + " " + pooling.refusal(url), SqlState.FEATURE_NOT_SUPPORTED);
        }
    }

    Duration PATIENCE = Duration.ofSeconds(4);

    /**
     * Number of alternations between two connections. A pooler with many idle sessions may assign the same one a few
     * times.
     */
    int ROUNDS = 6;

    String BACKEND = "SELECT pg_catalog.pg_backend_pid()";

    /**
     * Opens connections, and queries the id of the server process, outside a transaction and inside.
     *
     * @throws SQLException if the address cannot be reached, or gives only one session
     */
    static Pooling of(PostgresUrl url) throws SQLException {
        try (JdbcSessions.Unset first = JdbcSessions.unset(url, PATIENCE);
                JdbcSessions.Unset second = JdbcSessions.unset(url, PATIENCE)) {
            Optional<String> switched = switches(url, first.connection(), second.connection());
            if (switched.isPresent()) {
                return new PerTransaction(switched.get());
            }
            return first.takesOptions()
                    ? new Direct()
                    : new PerSession("it does not take the settings of a session when it starts");
        }
    }

    /**
     * A pooler may assign the session that was returned last, or first, or the same one again if possible. With the
     * order of these queries, no strategy gives the answers of separate sessions.
     */
    private static Optional<String> switches(PostgresUrl url, Connection outside, Connection inside)
            throws SQLException {
        String shared = "one connection is answered by several sessions of the server";
        int own = backend(outside);
        int others = 0;
        inside.setAutoCommit(false);
        for (int round = 0; round < ROUNDS; round++) {
            int inTransaction;
            try {
                inTransaction = backend(inside);
            } catch (SQLException e) {
                if (SqlReason.passes(e)) {
                    throw round > 0
                            ? e
                            : new SQLException(
                                    "it gives no second session beside the first one: raise the" + " size of its pool",
                                    SqlState.TOO_MANY_CONNECTIONS,
                                    e);
                }
                return Optional.of("it refuses a transaction: " + SqlReason.of(e));
            }
            if (inTransaction == own || (round > 0 && inTransaction != others)) {
                return Optional.of(shared);
            }
            others = inTransaction;
            if (backend(outside) != own || (round == 0 && isShared(url, own, others))) {
                return Optional.of(shared);
            }
            inside.rollback();
            for (int again = 0; again < 2; again++) {
                if (backend(outside) != own) {
                    return Optional.of(shared);
                }
            }
        }
        return Optional.empty();
    }

    /** Whether a third connection gets the session of one of the two. */
    private static boolean isShared(PostgresUrl url, int first, int second) throws SQLException {
        try (JdbcSessions.Unset third = JdbcSessions.unset(url, PATIENCE)) {
            int backend = backend(third.connection());
            return backend == first || backend == second;
        }
    }

    private static int backend(Connection connection) throws SQLException {
        return SingleValue.number(connection, BACKEND);
    }
}
