package nexus;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import nexus.testkit.ApiClient;
import nexus.testkit.PackagedNexus;
import nexus.testkit.ScriptedReceiver;
import nexus.testkit.ScriptedReceiver.Received;
import nexus.testkit.TestPostgres;
import org.junit.jupiter.api.Test;

/** Publishing and annotating from SQL, from the user's transaction to the receiver. */
class SqlPublishIT {

    @Test
    void anEventGoesOutWithItsTransactionAndAnAnnotationWithTheRowsBehindIt() {
        try (PackagedNexus nexus = PackagedNexus.start(Map.of());
                ScriptedReceiver receiver = ScriptedReceiver.start()) {
            nexus.api().subscribe(receiver.uri(), "order.*");
            nexus.awaitStreaming();
            nexus.sql(
                    "BEGIN",
                    "SELECT nexus.publish('order.gone', '{}')",
                    "ROLLBACK",
                    "BEGIN",
                    "SELECT nexus.publish('order.paid', '{\"total\": 12.50}', '{\"by\": \"ann\"}', ordering_key => 'o_1')",
                    "COMMIT");
            Received published = receiver.await(1).getFirst();
            assertThat(published.header("X-Event-Type")).isEqualTo("order.paid");
            assertThat(published.text())
                    .endsWith("\"payload\":{\"data\":{\"total\": 12.50},\"metadata\":{\"by\": \"ann\"}}}");
            JsonNode stored = nexus.api()
                    .get("/v1/events/" + published.header("X-Event-Id"))
                    .expect(200)
                    .json();
            assertThat(stored.path("type").asText()).isEqualTo("order.paid");

            nexus.api().subscribe(receiver.uri("/rows"), "pg.public.users.insert");
            nexus.sql(
                    "BEGIN",
                    "INSERT INTO users (email, name) VALUES ('a@example.com', 'A')",
                    "SELECT nexus.annotate('{\"actor\": \"ann\"}')",
                    "INSERT INTO users (email, name) VALUES ('b@example.com', 'B')",
                    "COMMIT");
            List<Received> rows = receiver.await(3).subList(1, 3);
            assertThat(rows).allSatisfy(row -> assertThat(actor(row))
                    .isEqualTo(row.text().contains("b@example.com") ? "ann" : ""));
        }
    }

    private static String actor(Received row) {
        return ApiClient.json(row.text())
                .path("payload")
                .path("metadata")
                .path("actor")
                .asText();
    }

    @Test
    void aSourceThatIsAnotherDatabaseGetsTheFunctionsFromTheFile() throws IOException {
        String source = TestPostgres.freshDatabase();
        TestPostgres.execute(source, Files.readString(Path.of("db/migration/R__publish_from_sql.sql")));
        try (PackagedNexus nexus = PackagedNexus.start(Map.of("SOURCE_DATABASE_URL", source));
                ScriptedReceiver receiver = ScriptedReceiver.start()) {
            nexus.api().subscribe(receiver.uri(), "order.*");
            nexus.awaitStreaming();
            TestPostgres.execute(source, "SELECT nexus.publish('order.paid', '{\"n\": 1}')");
            assertThat(receiver.await(1).getFirst().text())
                    .contains("\"payload\":{\"data\":{\"n\": 1},\"metadata\":{}}");
        }
    }
}
