package nexus.store.migration;

import java.sql.SQLException;
import java.util.concurrent.Callable;
import org.flywaydb.core.api.configuration.Configuration;
import org.flywaydb.core.internal.database.base.Table;
import org.flywaydb.core.internal.exception.FlywaySqlException;
import org.flywaydb.core.internal.jdbc.JdbcConnectionFactory;
import org.flywaydb.core.internal.jdbc.StatementInterceptor;
import org.flywaydb.core.internal.jdbc.TransactionalExecutionTemplate;
import org.flywaydb.database.postgresql.PostgreSQLConnection;
import org.flywaydb.database.postgresql.PostgreSQLDatabase;
import org.flywaydb.database.postgresql.PostgreSQLDatabaseType;

/**
 * Flyway's PostgreSQL support with another migration lock. Flyway's own lock is an advisory lock, which any role of the
 * database may take and keep for ever. This class locks the history's table instead, which requires rights in the
 * schema. Flyway finds this class as a plug-in, by {@code META-INF/services}.
 *
 * <p>There is no lock before the table exists. If several processes create the schema and the table at once, PostgreSQL
 * lets one succeed; the others check again.
 */
public final class TableLockingDatabaseType extends PostgreSQLDatabaseType {
    private static final int BEFORE_ALL_OF_FLYWAY = 100;

    @Override
    public int getPriority() {
        return BEFORE_ALL_OF_FLYWAY;
    }

    @Override
    public PostgreSQLDatabase createDatabase(
            Configuration configuration, JdbcConnectionFactory connections, StatementInterceptor interceptor) {
        return new Database(configuration, connections, interceptor);
    }

    private static final class Database extends PostgreSQLDatabase {
        Database(Configuration configuration, JdbcConnectionFactory connections, StatementInterceptor interceptor) {
            super(configuration, connections, interceptor);
        }

        @Override
        protected PostgreSQLConnection doGetConnection(java.sql.Connection connection) {
            return new Connection(this, connection);
        }
    }

    private static final class Connection extends PostgreSQLConnection {
        Connection(PostgreSQLDatabase database, java.sql.Connection connection) {
            super(database, connection);
        }

        /**
         * The lock ends with the transaction, and the transaction with the session, so a killed process holds no lock.
         */
        @Override
        @SuppressWarnings("rawtypes") // as inherited
        public <T> T lock(Table history, Callable<T> work) {
            return new TransactionalExecutionTemplate(getJdbcConnection(), true).execute(() -> {
                if (history.exists()) {
                    lock(history);
                }
                return work.call();
            });
        }

        private void lock(Table<?, ?> history) {
            try {
                getJdbcTemplate().execute("LOCK TABLE " + history + " IN EXCLUSIVE MODE");
            } catch (SQLException e) {
                throw new FlywaySqlException("Another process migrates the store", e);
            }
        }
    }
}
