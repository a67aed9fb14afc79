package nexus.store;

import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.output.MigrateResult;
import org.jboss.logging.Logger;

/**
 * Brings the schema {@code nexus} up to this version before anything reads it. Flyway takes a lock in the database, so
 * that processes that start together do it once; it puts the schema first on its search path, which is why the
 * migrations name no schema.
 */
@Singleton
class Migration {
    private static final Logger LOG = Logger.getLogger(Migration.class);

    private final Flyway flyway;
    private final MigrationHistory history;

    Migration(Flyway flyway, MigrationHistory history) {
        this.flyway = flyway;
        this.history = history;
    }

    void migrate(@Observes @Priority(10) StartupEvent start) throws SQLException {
        if (history.isComplete()) {
            return;
        }
        MigrateResult result = flyway.migrate();
        if (result.migrationsExecuted > 0) {
            LOG.infof("store migrated applied=%d version=%s", result.migrationsExecuted, result.targetSchemaVersion);
        }
    }
}
