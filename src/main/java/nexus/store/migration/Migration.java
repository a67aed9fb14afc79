package nexus.store.migration;

import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import nexus.store.SqlReason;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.output.MigrateResult;
import org.jboss.logging.Logger;

/**
 * Migrates the schema {@code nexus} to this version before it is read. If several processes start together, one
 * migrates and the others wait ({@link TableLockingDatabaseType}). Flyway puts the schema first on its search path, so
 * the migrations name no schema.
 *
 * <p>Processes of the previous version continue meanwhile. A DDL statement that waits for another transaction would
 * make all later sessions wait for its lock: it fails after {@code lock_timeout} (quarkus.flyway.init-sql), lets them
 * proceed, and is tried again.
 */
@Singleton
class Migration {
    private static final Logger LOG = Logger.getLogger(Migration.class);
    private static final Duration BETWEEN_TRIES = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final Flyway flyway;
    private final DataSource database;
    private final Map<String, Integer> packaged;
    private final Duration patience;

    @Inject
    Migration(Flyway flyway, DataSource database) {
        this(flyway, database, PackagedMigrations.checksums(), PATIENCE);
    }

    /**
     * @param packaged the scripts that Flyway finds, with their checksums
     * @param patience how long failed migrations are repeated
     */
    Migration(Flyway flyway, DataSource database, Map<String, Integer> packaged, Duration patience) {
        this.flyway = flyway;
        this.database = database;
        this.packaged = packaged;
        this.patience = patience;
    }

    void migrate(@Observes @Priority(10) StartupEvent start) throws SQLException, InterruptedException {
        switch (state()) {
            case SchemaState.Current _ -> {}
            case SchemaState.Behind _ -> catchUp();
            case SchemaState.Unfit unfit ->
                throw new IllegalStateException("the database " + unfit.problem() + "; " + unfit.fix());
        }
    }

    /** If the history cannot be read now, Flyway examines the schema, and waits. */
    private SchemaState state() throws SQLException {
        try (Connection connection = database.getConnection()) {
            return MigrationHistory.state(connection, packaged);
        } catch (SQLException e) {
            if (SqlReason.passes(e)) {
                return new SchemaState.Behind();
            }
            throw e;
        }
    }

    private void catchUp() throws InterruptedException {
        long start = System.nanoTime();
        while (true) {
            try {
                MigrateResult result = flyway.migrate();
                if (result.migrationsExecuted > 0) {
                    LOG.infof(
                            "store migrated applied=%d version=%s",
                            result.migrationsExecuted, result.targetSchemaVersion);
                }
                return;
            } catch (FlywayException e) {
                SQLException passing = cause(e).filter(SqlReason::passes).orElseThrow(() -> e);
                if (System.nanoTime() - start >= patience.toNanos()) {
                    throw givenUp(passing);
                }
                LOG.warnf("store not migrated yet, trying again reason=%s", SqlReason.of(passing));
                Thread.sleep(BETWEEN_TRIES);
            }
        }
    }

    private IllegalStateException givenUp(SQLException last) {
        return new IllegalStateException("the store was not migrated within " + patience.toSeconds() + " s ("
                + SqlReason.of(last) + "): another process still migrates it, or a transaction keeps a lock on a table"
                + " of schema nexus; pg_locks says whose. Nothing is left half done, start again when it has ended");
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
