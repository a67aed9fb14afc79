package nexus.store.migration;

import static nexus.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quarkus.runtime.StartupEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import nexus.store.PostgresUrl;
import nexus.testkit.OpenTransaction;
import nexus.testkit.StoreRows;
import nexus.testkit.TestPostgres;
import org.flywaydb.core.api.FlywayException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

class MigrationPostgresTest {
    private static final String ROLE = "may_only_connect";

    /** Flyway's magic number and the hash of its table's name. */
    private static final long FLYWAYS_OWN_LOCK = 77_431_708_279_161L + "\"nexus\".\"flyway_schema_history\"".hashCode();

    private static final String SCRIPTS = "SELECT DISTINCT substring(script FROM '[^/]*$') COLLATE \"C\","
            + " count(*) FROM nexus.flyway_schema_history WHERE type = 'SQL' AND success GROUP BY 1 ORDER BY 1";

    private static final List<String> COMPLETE = List.of("R__publish_from_sql.sql|1", "V001__store.sql|1");

    /** A migration of a version to come; it has to wait for everybody who reads events. */
    private static final String LATER = "V002__later.sql";

    @TempDir
    private Path folder;

    private String url = TestPostgres.freshDatabase();

    @Test
    @Timeout(60)
    void whoHoldsFlywaysOwnLockStopsNeitherAnInstallationNorAnUpgrade() throws SQLException, IOException {
        later();
        try (Connection hostile = TestPostgres.connect(url);
                Statement statement = hostile.createStatement()) {
            statement.execute(
                    "DO $$ BEGIN CREATE ROLE " + ROLE + "; EXCEPTION WHEN duplicate_object THEN NULL; END $$");
            statement.execute("SET ROLE " + ROLE);
            statement.execute("SELECT pg_advisory_lock(" + FLYWAYS_OWN_LOCK + ")");

            TestPostgres.migrate(url);
            assertThat(query(SCRIPTS)).isEqualTo(COMPLETE);
            TestPostgres.flyway(url, folder).load().migrate();
            assertThat(query(SCRIPTS)).contains(LATER + "|1");
        }
    }

    /** Whatever its number: to take one is not allowed here. */
    @Test
    @Timeout(60)
    void aMigrationTakesNoAdvisoryLock() throws IOException {
        later();
        String plain = url.replace("postgres@", "migrates_plainly@");
        TestPostgres.execute(
                url,
                "DO $$ BEGIN CREATE ROLE migrates_plainly LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$",
                "DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO migrates_plainly', current_database()); END $$",
                """
                DO $$
                DECLARE
                    f regprocedure;
                BEGIN
                    FOR f IN SELECT oid FROM pg_proc WHERE proname LIKE '%advisory%' LOOP
                        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', f);
                    END LOOP;
                END $$""");
        assertThatThrownBy(() -> TestPostgres.query(plain, "SELECT pg_try_advisory_xact_lock(1)"))
                .hasRootCauseInstanceOf(SQLException.class)
                .hasMessageContaining("permission denied");

        TestPostgres.migrate(plain);
        TestPostgres.flyway(plain, folder).load().migrate();
        assertThat(query(SCRIPTS)).contains(LATER + "|1").containsAll(COMPLETE);
    }

    @Test
    void ofManyThatStartAtOnceOnAnEmptyDatabaseEachComesUp() throws Exception {
        List<Future<?>> starts = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 5; i++) {
                starts.add(threads.submit(migrating(Duration.ofMinutes(1))));
            }
        }
        for (Future<?> start : starts) {
            start.get();
        }
        assertThat(query(SCRIPTS)).isEqualTo(COMPLETE);
        assertThat(state()).isInstanceOf(SchemaState.Current.class);
    }

    @Test
    void whoIsKilledWhileItMigratesLeavesNothingBehind() throws SQLException, IOException, InterruptedException {
        TestPostgres.migrate(url);
        later();
        try (OpenTransaction reader = reader();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> killed =
                    threads.submit(() -> TestPostgres.flyway(url, folder).load().migrate());
            eventually("it waits for the reader", this::waits);
            query(
                    "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE NOT granted AND relation = 'nexus.event'::regclass");
            assertThatThrownBy(killed::get).hasCauseInstanceOf(FlywayException.class);
            assertThat(query("SELECT to_regclass('nexus.half_done') IS NULL")).containsExactly("t");
            assertThat(query(SCRIPTS)).isEqualTo(COMPLETE);
            reader.rollback();
        }
        TestPostgres.flyway(url, folder).load().migrate();
        assertThat(query(SCRIPTS)).contains(LATER + "|1");
    }

    /** Flyway makes the schema and its table before the first migration; a process may be killed in between. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anInstallationThatWasKilledIsFinishedByTheNextStart(boolean hasTable) throws Exception {
        TestPostgres.execute(url, "CREATE SCHEMA nexus");
        if (hasTable) {
            TestPostgres.flyway(url).locations("filesystem:" + folder).load().migrate();
            assertThat(query(SCRIPTS)).isEmpty();
        }
        migrating(Duration.ZERO).call();
        assertThat(query(SCRIPTS)).isEqualTo(COMPLETE);
    }

    @Test
    void aSourceWithTheFunctionsInItsSchemaMayBecomeTheStore() throws Exception {
        TestPostgres.execute(url, Files.readString(Path.of("db/migration/R__publish_from_sql.sql")));
        migrating(Duration.ZERO).call();
        assertThat(query(SCRIPTS)).isEqualTo(COMPLETE);
    }

    @Test
    void whoWaitsForTooLongSaysWhatFor() throws Exception {
        TestPostgres.migrate(url);
        later();
        try (OpenTransaction other =
                OpenTransaction.at(url, "LOCK TABLE nexus.flyway_schema_history IN EXCLUSIVE MODE")) {
            assertThatThrownBy(() -> migrating(Duration.ZERO).call())
                    .isInstanceOf(IllegalStateException.class)
                    .hasNoCause()
                    .hasMessageStartingWith(
                            "the store was not migrated within 0 s (canceling statement due to lock timeout")
                    .hasMessageContaining("another process");
            other.rollback();
        }
        migrating(Duration.ZERO).call();
        assertThat(query(SCRIPTS)).contains(LATER + "|1");
    }

    @Test
    void aMigrationThatHasToWaitForSomebodyKeepsNobodyElseWaiting() throws Exception {
        TestPostgres.migrate(url);
        later();
        try (OpenTransaction reader = reader();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> migration = threads.submit(migrating(Duration.ofMinutes(1)));
            eventually("it waits for the reader", this::waits);
            eventually("it has given way", () -> !waits());
            new StoreRows(url).event("x");
            assertThat(migration.isDone()).isFalse();

            reader.rollback();
            migration.get();
        }
        assertThat(query("SELECT count(later) FROM nexus.event")).containsExactly("0");
    }

    /** Else Flyway itself looks at each start: right, but slow. */
    @Test
    void ofAStoreOfThisVersionItIsSeenThatNothingIsToBeDone() throws SQLException {
        assertThat(state()).isInstanceOf(SchemaState.Behind.class);
        url = TestPostgres.freshStore();
        assertThat(state()).isInstanceOf(SchemaState.Current.class);
        TestPostgres.execute(
                url,
                "UPDATE nexus.flyway_schema_history SET script = 'db/migration/' || script"); // as the application does
        assertThat(state()).isInstanceOf(SchemaState.Current.class);
        TestPostgres.execute(
                url,
                "DROP FUNCTION nexus.publish",
                "DELETE FROM nexus.flyway_schema_history WHERE version IS NULL AND script LIKE '%R\\_\\_%'");
        assertThat(state()).isInstanceOf(SchemaState.Behind.class);
        TestPostgres.migrate(url);
        assertThat(state()).isInstanceOf(SchemaState.Current.class);
        assertThat(
                        query(
                                "SELECT count(*) FROM pg_proc WHERE pronamespace = 'nexus'::regnamespace AND proname = 'publish'"))
                .containsExactly("1");
    }

    private void later() throws IOException {
        Files.writeString(folder.resolve(LATER), """
                CREATE TABLE half_done ();
                ALTER TABLE event ADD COLUMN later int;
                """);
    }

    /** As a start of this version, or of the one to come when there is one; it gives way after 200 ms, not 3 s. */
    private Callable<?> migrating(Duration patience) {
        Map<String, Integer> packaged = new TreeMap<>(PackagedMigrations.checksums());
        if (Files.exists(folder.resolve(LATER))) {
            packaged.put(LATER, 0);
        }
        Migration migration = new Migration(
                TestPostgres.flyway(url, folder)
                        .initSql("SET lock_timeout = '200ms'")
                        .load(),
                database(),
                packaged,
                patience);
        return () -> {
            migration.migrate(new StartupEvent());
            return null;
        };
    }

    private SchemaState state() throws SQLException {
        try (Connection connection = TestPostgres.connect(url)) {
            return MigrationHistory.state(connection, PackagedMigrations.checksums());
        }
    }

    private PGSimpleDataSource database() {
        PGSimpleDataSource database = new PGSimpleDataSource();
        database.setUrl(PostgresUrl.parse(url).jdbcUrl());
        database.setUser("postgres");
        return database;
    }

    private OpenTransaction reader() {
        return OpenTransaction.at(url, "SELECT count(*) FROM nexus.event");
    }

    private boolean waits() {
        return !query("SELECT pid FROM pg_locks WHERE NOT granted AND relation = 'nexus.event'::regclass")
                .isEmpty();
    }

    private List<String> query(String sql) {
        return TestPostgres.query(url, sql);
    }
}
