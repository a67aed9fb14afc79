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

class MigrationPostgresTest {
    private static final String FUNCTIONS =
            "SELECT count(*) FROM pg_proc WHERE pronamespace = 'nexus'::regnamespace AND proname IN ('publish', 'annotate')";

    @Test
    void aStoreFromBeforeTheFunctionsGetsThem() {
        String url = TestPostgres.freshStore();
        TestPostgres.execute(
                url,
                "DROP FUNCTION nexus.publish",
                "DROP FUNCTION nexus.annotate",
                "DELETE FROM nexus.flyway_schema_history WHERE version IS NULL AND script LIKE 'R\\_\\_%'");
        TestPostgres.migrate(url);
        assertThat(TestPostgres.query(url, FUNCTIONS)).containsExactly("2");
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
                new Migration(flyway).migrate(new StartupEvent());
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
