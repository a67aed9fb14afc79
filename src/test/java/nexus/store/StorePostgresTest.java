package nexus.store;

import static nexus.testkit.TestPostgres.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.NoSuchElementException;
import nexus.testkit.TestPostgres;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StorePostgresTest {
    private final Store store = new Store(TestPostgres.vertx(), TestPostgres.storeConfig(TestPostgres.freshDatabase()));

    @AfterEach
    void close() {
        store.close();
    }

    private static String setting(Pool pool, String name) {
        return await(pool.query("SHOW " + name).execute()).iterator().next().getString(0);
    }

    /** A server with LLVM, as most packages of PostgreSQL 14 to 17 are, took 0.7 s to compile each statement of intake. */
    @Test
    void noStatementIsCompiledByTheServer() {
        assertThat(List.of(store.api(), store.intake(), store.queue(), store.settling()))
                .allSatisfy(pool -> assertThat(setting(pool, "jit")).isEqualTo("off"));
    }

    /** Planning a settlement anew each time took longer than running it. */
    @Test
    void whatHasNoChoiceOfAnIndexIsPlannedOnce() {
        assertThat(List.of(store.intake(), store.settling()))
                .allSatisfy(pool -> assertThat(setting(pool, "plan_cache_mode")).isEqualTo("force_generic_plan"));
        assertThat(setting(store.queue(), "plan_cache_mode")).isEqualTo("auto");
    }

    @Test
    void aColumnIsFoundByNameAlsoInAResultWithoutRows() {
        RowSet<Row> rows = await(store.queue()
                .preparedQuery("SELECT 1 AS lane, 2 AS seq WHERE false")
                .execute());
        assertThat(Rows.column(rows, "lane")).isZero();
        assertThat(Rows.column(rows, "seq")).isEqualTo(1);
        assertThatThrownBy(() -> Rows.column(rows, "stripe"))
                .isInstanceOf(NoSuchElementException.class)
                .hasMessageContaining("stripe");
    }

    @Test
    void aNameThatIsUsedTwiceHasOneValueInJdbcToo() throws SQLException {
        NamedSql sql = NamedSql.of("SELECT :b::int AS b, '$1 :a ?', :a::text AS a, :b::int + 1 AS more", "a", "b");
        try (Connection connection = TestPostgres.connect(TestPostgres.freshDatabase());
                PreparedStatement statement = sql.prepare(connection, null, 2);
                ResultSet row = statement.executeQuery()) {
            row.next();
            assertThat(row.getString("a")).isNull();
            assertThat(row.getInt("b")).isEqualTo(2);
            assertThat(row.getInt("more")).isEqualTo(3);
            assertThatIllegalArgumentException().isThrownBy(() -> sql.prepare(connection, "only one"));
        }
    }

    /** The client by itself keeps none that is longer than 2048 characters, and intake's and settlement's are. */
    @Test
    void aLongStatementIsPreparedOnce() {
        String statement = "SELECT $1::int -- " + "x".repeat(10_000);
        SqlConnection connection = await(store.settling().getConnection());
        await(connection.preparedQuery(statement).execute(Tuple.of(1)));
        RowSet<Row> rows = await(
                connection.query("SELECT statement FROM pg_prepared_statements").execute());
        await(connection.close());
        assertThat(rows).extracting(row -> row.getString(0)).contains(statement);
    }
}
