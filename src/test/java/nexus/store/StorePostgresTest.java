package nexus.store;

import static nexus.testkit.TestPostgres.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.sqlclient.Pool;
import java.util.List;
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
        assertThat(List.of(store.api(), store.intake(), store.queue()))
                .allSatisfy(pool -> assertThat(setting(pool, "jit")).isEqualTo("off"));
    }
}
