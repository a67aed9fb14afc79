package nexus.store;

import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.output.MigrateResult;
import org.jboss.logging.Logger;

/**
 * Brings the schema {@code nexus} up to this version before anything reads it. Flyway takes a lock in the database, so
 * that processes that start together do it once; it puts the schema first on its search path, which is why the
 * migrations name no schema.
 *
 * <p>Processes of the version before go on meanwhile. A change of a table that has to wait for somebody's transaction
 * would keep everybody else waiting behind it: it gives up after {@code lock_timeout} (quarkus.flyway.init-sql), lets
 * them through, and tries again.
 */
@Singleton
class Migration {
    private static final Logger LOG = Logger.getLogger(Migration.class);
    private static final Duration BETWEEN_TRIES = Duration.ofSeconds(2);
    private static final int MOST_TRIES = 60;

    private final Flyway flyway;
    private final MigrationHistory history;

    Migration(Flyway flyway, MigrationHistory history) {
        this.flyway = flyway;
        this.history = history;
    }

    void migrate(@Observes @Priority(10) StartupEvent start) throws SQLException, InterruptedException {
        if (isComplete()) {
            return;
        }
        MigrateResult result = migrated();
        if (result.migrationsExecuted > 0) {
            LOG.infof("store migrated applied=%d version=%s", result.migrationsExecuted, result.targetSchemaVersion);
        }
    }

    /** When it can't be read now, Flyway looks, and waits. */
    private boolean isComplete() throws SQLException {
        try {
            return history.isComplete();
        } catch (SQLException e) {
            if (SqlReason.passes(e)) {
                return false;
            }
            throw e;
        }
    }

    private MigrateResult migrated() throws InterruptedException {
        for (int tries = 1; ; tries++) {
            try {
                return flyway.migrate();
            } catch (FlywayException e) {
                Optional<SQLException> passing = cause(e).filter(SqlReason::passes);
                if (passing.isEmpty() || tries == MOST_TRIES) {
                    throw e;
                }
                LOG.warnf("store not migrated yet, trying again reason=%s", SqlReason.of(passing.get()));
                Thread.sleep(BETWEEN_TRIES);
            }
        }
    }

    private static Optional<SQLException> cause(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                return Optional.of(sql);
            }
        }
        return Optional.empty();
    }
}
