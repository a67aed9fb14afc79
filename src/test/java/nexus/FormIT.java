package nexus;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import nexus.testkit.ApiClient;
import nexus.testkit.PackagedNexus;
import nexus.testkit.ScriptedReceiver;
import nexus.testkit.ScriptedReceiver.Received;
import org.junit.jupiter.api.Test;

/** Columns and formats, from a row to the bytes that a receiver gets. */
class FormIT {
    @Test
    void eachSubscriptionGetsItsColumnsInItsFormat() {
        try (PackagedNexus nexus = PackagedNexus.start(Map.of());
                ScriptedReceiver receiver = ScriptedReceiver.start()) {
            for (String format : List.of("default", "standard", "cloudevents", "supabase")) {
                nexus.api()
                        .post("/v1/subscriptions", """
                                {"endpointUrl": "%s", "eventTypes": ["pg.public.users.insert"], "format": "%s",
                                 "columns": {"exclude": ["name"], "mask": {"email": "hash"}}}""".formatted(receiver.uri("/" + format), format))
                        .expect(201);
            }
            nexus.awaitStreaming();
            nexus.sql("INSERT INTO users (email, name) VALUES ('ann@example.com', 'Ann Secret')");
            Map<String, Received> byFormat = receiver.await(4).stream()
                    .collect(Collectors.toMap(request -> request.pathAndQuery().substring(1), Function.identity()));
            assertThat(byFormat.values()).allSatisfy(request -> assertThat(request.text())
                    .doesNotContain("ann@", "Ann Secret")
                    .contains("\"email\":\"hmac-sha256:"));
            assertThat(byFormat.values().stream()
                            .map(request -> request.text().replaceFirst(".*(hmac-sha256:[0-9a-f]{64}).*", "$1"))
                            .distinct())
                    .hasSize(1);
            assertThat(of(byFormat, "cloudevents").header("Content-Type")).isEqualTo("application/cloudevents+json");
            assertThat(of(byFormat, "default").header("Content-Type")).isEqualTo("application/json");
            assertThat(ApiClient.json(of(byFormat, "supabase").text()).fieldNames())
                    .toIterable()
                    .containsExactly("type", "table", "schema", "record", "old_record");
            assertThat(ApiClient.json(of(byFormat, "standard").text()).fieldNames())
                    .toIterable()
                    .containsExactly("type", "timestamp", "data");
        }
    }

    private static Received of(Map<String, Received> byFormat, String format) {
        return Objects.requireNonNull(byFormat.get(format), format);
    }
}
