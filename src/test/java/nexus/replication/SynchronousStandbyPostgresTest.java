package nexus.replication;

import static nexus.testkit.TestPostgres.execute;
import static nexus.testkit.TestPostgres.query;
import static org.assertj.core.api.Assertions.assertThat;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import nexus.testkit.Eventually;
import nexus.testkit.PostgresPrograms;
import nexus.testkit.TestPostgres;
import org.junit.jupiter.api.Test;

/** On a server of its own, whose commits wait for a standby. */
class SynchronousStandbyPostgresTest {

    @Test
    void aServerThatTakesAnyStreamForAStandbyStillCommitsAndItsChangesAreStored() throws IOException {
        try (EmbeddedPostgres server = PostgresPrograms.server(TestPostgres.version())
                .setServerConfig("wal_level", "logical")
                .start()) {
            String url = "postgresql://postgres@localhost:" + server.getPort() + "/postgres";
            TestPostgres.migrate(url);
            execute(url, "CREATE TABLE orders (id int PRIMARY KEY)");
            execute(url, "ALTER SYSTEM SET synchronous_standby_names = '*'", "SELECT pg_reload_conf()");
            Eventually.eventually("the setting holds", () -> query(url, "SHOW synchronous_standby_names")
                    .equals(List.of("*")));
            try (CapturingProcess process = new CapturingProcess(url, "pg.public.orders.*").streaming()) {
                CompletableFuture.runAsync(() -> {
                            for (int i = 1; i <= 20; i++) {
                                execute(url, "INSERT INTO orders VALUES (" + i + ")");
                            }
                        })
                        .orTimeout(30, TimeUnit.SECONDS)
                        .join();
                process.hasStored(20);
                Eventually.eventually("no commit waits for Nexus", () -> query(
                                url, "SELECT sync_state, flush_lsn IS NULL FROM pg_stat_replication")
                        .equals(List.of("async|t")));
                assertThat(query(
                                url,
                                "SELECT s.confirmed_flush_lsn >= split_part(p.checkpoint, ' ', 1)::pg_lsn FROM pg_replication_slots s"
                                        + " JOIN nexus.source_position p ON p.source = s.slot_name"))
                        .containsExactly("t");
            }
        }
    }
}
