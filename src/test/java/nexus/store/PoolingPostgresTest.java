package nexus.store;

import static nexus.testkit.TestPostgres.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.pgclient.PgConnection;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import nexus.testkit.FakePooler;
import nexus.testkit.FakePooler.Unknown;
import nexus.testkit.TestPostgres;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class PoolingPostgresTest {
    private static final String PATH = "SELECT current_setting('search_path')";

    private final String url = TestPostgres.freshStore();

    @Test
    void aServerIsReachedDirectly() throws SQLException {
        assertThat(Pooling.of(PostgresUrl.parse(url))).isEqualTo(new Pooling.Direct());
    }

    @ParameterizedTest
    @EnumSource(names = {"REFUSED", "IGNORED"})
    void aPoolerInSessionModeIsFoundOut(Unknown unknown) throws SQLException {
        try (FakePooler pooler = FakePooler.perSession(url, unknown)) {
            assertThat(Pooling.of(PostgresUrl.parse(pooler.url()))).isInstanceOf(Pooling.PerSession.class);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aPoolerInTransactionModeIsFoundOutAndNothingIsSetInItsSessions(Unknown unknown) throws SQLException {
        try (FakePooler pooler = FakePooler.perTransaction(url, unknown, false)) {
            PostgresUrl pooled = PostgresUrl.parse(pooler.url());
            assertThat(Pooling.of(pooled)).isInstanceOf(Pooling.PerTransaction.class);
            if (unknown != Unknown.PASSED_ON) {
                assertThatThrownBy(() -> JdbcSessions.open(pooled, SessionSettings.store()))
                        .isInstanceOf(Pooling.SharedSessionException.class)
                        .hasMessageContaining("transaction mode")
                        .hasMessageContaining("direct port");
                try (Connection other = JdbcSessions.openAsUser(pooled)) {
                    assertThat(SingleValue.text(other, PATH)).isEqualTo("\"$user\", public");
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"false, 0", "false, 1", "false, 5", "true, 0", "true, 1", "true, 2", "true, 3", "true, 7"})
    void noOrderInWhichItLendsSessionsHidesIt(boolean oldestFirst, int idle) throws SQLException {
        try (FakePooler pooler =
                FakePooler.perTransaction(url, Unknown.REFUSED, oldestFirst).holding(idle)) {
            assertThat(Pooling.of(PostgresUrl.parse(pooler.url()))).isInstanceOf(Pooling.PerTransaction.class);
        }
    }

    /** Through a pooler the first statement sets what the start-up message could not. */
    @ParameterizedTest
    @EnumSource(names = {"REFUSED", "IGNORED"})
    void theStoreWorksThroughAPoolerInSessionMode(Unknown unknown) throws SQLException {
        try (FakePooler pooler = FakePooler.perSession(url, unknown)) {
            Store store = new Store(TestPostgres.vertx(), TestPostgres.storeConfig(pooler.url(), true, "local"));
            for (var pool : java.util.List.of(store.api(), store.intake(), store.queue(), store.settling())) {
                assertThat(await(pool.query(PATH).execute()).iterator().next().getString(0))
                        .isEqualTo("nexus, pg_temp");
            }
            PgConnection outside = await(store.connection());
            assertThat(await(outside.query("SELECT current_setting('synchronous_commit')")
                                    .execute())
                            .iterator()
                            .next()
                            .getString(0))
                    .isEqualTo("local");
            await(outside.close());
            try (Connection blocking = store.blockingConnection(Duration.ofSeconds(5))) {
                assertThat(SingleValue.text(blocking, PATH)).isEqualTo("nexus, pg_temp");
                assertThat(SingleValue.text(blocking, "SELECT current_setting('statement_timeout')"))
                        .isEqualTo("5s");
            }
            store.close();
        }
    }
}
