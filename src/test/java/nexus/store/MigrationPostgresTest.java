package nexus.store;

import static nexus.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.runtime.StartupEvent;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import nexus.testkit.StoreRows;
import nexus.testkit.TestPostgres;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

class MigrationPostgresTest {
    private static final String FUNCTIONS =
            "SELECT count(*) FROM pg_proc WHERE pronamespace = 'nexus'::regnamespace AND proname IN ('publish', 'annotate')";

    @Test
    void aStoreFromBeforeTheFunctionsGetsThem() throws SQLException {
        String url = TestPostgres.freshStore();
        TestPostgres.execute(
                url,
                "DROP FUNCTION nexus.publish",
                "DROP FUNCTION nexus.annotate",
                "DELETE FROM nexus.flyway_schema_history WHERE version IS NULL AND script LIKE 'R\\_\\_%'");
        assertThat(history(url).isComplete()).isFalse();
        TestPostgres.migrate(url);
        assertThat(history(url).isComplete()).isTrue();
        assertThat(TestPostgres.query(url, FUNCTIONS)).containsExactly("2");
    }

    /** Else Flyway itself looks at each start: right, but slow. */
    @Test
    void ofAStoreOfThisVersionItIsSeenThatNothingIsToBeDone() throws SQLException {
        String url = TestPostgres.freshStore();
        assertThat(history(url).isComplete()).isTrue();
        TestPostgres.execute(
                url,
                "INSERT INTO nexus.flyway_schema_history (installed_rank, version, description, type, script, checksum,"
                        + " installed_by, execution_time, success) VALUES (1000, '999', 'of a newer version', 'SQL',"
                        + " 'V999__newer.sql', 1, 'postgres', 1, true)");
        assertThat(history(url).isComplete()).isTrue();
        TestPostgres.execute(
                url,
                "UPDATE nexus.flyway_schema_history SET script = 'db/migration/' || script"); // as the application does
        assertThat(history(url).isComplete()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SET checksum = checksum + 1 WHERE script LIKE 'V001%'",
                "SET checksum = checksum + 1 WHERE script LIKE 'R\\_\\_%'",
                "SET success = false WHERE script LIKE 'V002%'",
                "SET script = 'V004__other.sql' WHERE script LIKE 'V004%'"
            })
    void aStoreThatIsAnythingElseIsLeftToFlyway(String change) throws SQLException {
        String url = TestPostgres.freshStore();
        TestPostgres.execute(url, "UPDATE nexus.flyway_schema_history " + change);
        assertThat(history(url).isComplete()).isFalse();
        assertThat(history(TestPostgres.freshDatabase()).isComplete()).isFalse();
    }

    private static MigrationHistory history(String url) {
        PGSimpleDataSource database = new PGSimpleDataSource();
        database.setUrl(PostgresUrl.parse(url).jdbcUrl());
        database.setUser("postgres");
        return new MigrationHistory(database);
    }

    @Test
    void aMigrationThatHasToWaitForSomebodyKeepsNobodyElseWaiting() throws SQLException {
        String url = TestPostgres.freshDatabase();
        TestPostgres.migrate(url, "5");
        Flyway flyway = Flyway.configure()
                .dataSource("jdbc:" + url.replace("postgres@", ""), "postgres", "")
                .schemas("nexus")
                .locations("classpath:db/migration")
                .initSql("SET lock_timeout = '200ms'") // as quarkus.flyway.init-sql, in less
                .load();
        try (Connection reader = TestPostgres.connect(url);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            reader.setAutoCommit(false);
            try (Statement statement = reader.createStatement()) {
                statement.execute("SELECT count(*) FROM nexus.event");
            }
            Callable<?> migrating = () -> {
                new Migration(flyway, history(url)).migrate(new StartupEvent());
                return null;
            };
            Future<?> migration = threads.submit(migrating);
            eventually("it waits for the reader", () -> waits(url));
            eventually("it has given way", () -> !waits(url));
            new StoreRows(url).event("x");
            assertThat(migration.isDone()).isFalse();

            reader.rollback();
            migration.get();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
        assertThat(TestPostgres.query(url, "SELECT count(erased_at) FROM nexus.event"))
                .containsExactly("0");
    }

    private static boolean waits(String url) {
        return !TestPostgres.query(
                        url, "SELECT pid FROM pg_locks WHERE NOT granted AND relation = 'nexus.event'::regclass")
                .isEmpty();
    }
}
