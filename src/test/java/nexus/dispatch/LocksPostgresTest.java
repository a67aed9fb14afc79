package nexus.dispatch;

import static nexus.testkit.Eventually.eventually;
import static nexus.testkit.TestPostgres.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Stream;
import nexus.event.EventId;
import nexus.event.Ordering;
import nexus.store.Store;
import nexus.store.StoreErrors;
import nexus.testkit.OpenTransaction;
import nexus.testkit.ScriptedReceiver;
import nexus.testkit.SubscriptionRows;
import nexus.testkit.TestPostgres;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Sessions of Nexus wait for each other, and for nobody else's locks. */
class LocksPostgresTest {
    private static final String ROLE = "may_only_connect";

    private final String url = TestPostgres.freshStore();
    private final Store store = new Store(TestPostgres.vertx(), TestPostgres.storeConfig(url));

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void whatARoleWithoutRightsLocksStopsNothing() throws SQLException {
        try (Connection hostile = TestPostgres.connect(url);
                Statement statement = hostile.createStatement();
                ScriptedReceiver receiver = ScriptedReceiver.start()) {
            becomeNobody(statement);
            statement.execute("SELECT pg_advisory_lock(n) FROM generate_series(7310000, 7310010) n");
            statement.execute("SELECT pg_advisory_lock(7310002, n) FROM generate_series(0, 500) n");
            statement.execute("SELECT pg_advisory_lock(hashtext('nexus.ensure_day'))");
            statement.execute("SELECT pg_advisory_lock(hashtext('nexus.publication'), hashtext('nexus'))");

            SubscriptionRows.insert(store, "**", receiver.uri());
            try (DeliveringProcess process = new DeliveringProcess(url, "one")) {
                EventId id = process.publish("order.paid", Ordering.NONE);

                assertThat(receiver.await(1).getFirst().header("webhook-id")).isEqualTo(id.toString());
                assertThat(query("SELECT nexus.ensure_day(current_date + 60)")).containsExactly("t");
                eventually("it is settled", () -> query("SELECT FROM nexus.owed UNION ALL SELECT FROM nexus.owed_run")
                        .isEmpty());
            }
        }
    }

    @Test
    void aTableToLockNeedsRightsInTheSchema() throws SQLException {
        try (DeliveringProcess _ = new DeliveringProcess(url, "one");
                Connection hostile = TestPostgres.connect(url);
                Statement statement = hostile.createStatement()) {
            eventually(
                    "it has joined", () -> !query("SELECT FROM nexus.process").isEmpty());
            List<String> tables = query("SELECT relname FROM pg_class WHERE relnamespace = 'nexus'::regnamespace"
                    + " AND relkind = 'r' AND relname LIKE '%\\_lock'");
            assertThat(tables)
                    .contains("catalog_lock", "publication_lock", "retention_lock", "ensure_day_lock", "counter_lock")
                    .anyMatch(table -> table.matches("process_[0-9]+_lock"));
            becomeNobody(statement);
            hostile.setAutoCommit(false);
            for (String table : tables) {
                for (String mode : List.of("ACCESS SHARE", "ROW SHARE", "ACCESS EXCLUSIVE")) {
                    assertThatThrownBy(() -> statement.execute("LOCK TABLE nexus." + table + " IN " + mode + " MODE"))
                            .isInstanceOfSatisfying(SQLException.class, refused -> assertThat(refused.getSQLState())
                                    .isEqualTo("42501"));
                    hostile.rollback();
                }
            }
        }
    }

    @Test
    void noStatementOfNexusTakesAnAdvisoryLock() throws IOException {
        assertThat(query("SELECT proname FROM pg_proc WHERE pronamespace = 'nexus'::regnamespace"
                        + " AND prosrc ~ 'advisory'"))
                .isEmpty();
        for (String folder : List.of("src/main/java", "db")) {
            try (Stream<Path> sources = Files.walk(Path.of(folder))) {
                assertThat(sources.filter(Files::isRegularFile))
                        .allSatisfy(source -> assertThat(source).content().doesNotContainPattern("pg_(try_)?advisory"));
            }
        }
    }

    @Test
    void aLockThatCannotBeHadIsToldApartFromAStoreThatIsAway() {
        assertThat(await(store.ping().map(true))).isTrue();
        try (OpenTransaction _ = OpenTransaction.at(url, "LOCK TABLE nexus.catalog_lock IN EXCLUSIVE MODE")) {

            assertThat(await(store.ping()
                            .map(false)
                            .recover(failure -> io.vertx.core.Future.succeededFuture(StoreErrors.isLocked(failure)))))
                    .isTrue();
        }
        assertThat(await(store.ping().map(true))).isTrue();
    }

    private static void becomeNobody(Statement statement) throws SQLException {
        statement.execute("DO $$ BEGIN CREATE ROLE " + ROLE + "; EXCEPTION WHEN duplicate_object THEN NULL; END $$");
        statement.execute("SET ROLE " + ROLE);
    }

    private List<String> query(String sql) {
        return TestPostgres.query(url, sql);
    }
}
