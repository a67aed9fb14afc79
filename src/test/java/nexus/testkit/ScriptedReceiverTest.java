package nexus.testkit;

import static nexus.testkit.ScriptedReceiver.status;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ScriptedReceiverTest {
    @Test
    void scriptedAnswersComeFirstThenTheRule() throws Exception {
        try (ScriptedReceiver receiver = ScriptedReceiver.start();
                HttpClient client = HttpClient.newHttpClient()) {
            receiver.answer(status(503).header("Retry-After", "2").body("later"));
            receiver.always(request -> status(request.text().isEmpty() ? 400 : 202));

            HttpResponse<String> first = client.send(post(receiver, "a"), BodyHandlers.ofString());
            assertThat(first.statusCode()).isEqualTo(503);
            assertThat(first.body()).isEqualTo("later");
            assertThat(first.headers().firstValue("Retry-After")).contains("2");
            assertThat(client.send(post(receiver, "b"), BodyHandlers.ofString()).statusCode())
                    .isEqualTo(202);
            assertThat(client.send(post(receiver, ""), BodyHandlers.ofString()).statusCode())
                    .isEqualTo(400);

            assertThat(receiver.await(3))
                    .extracting(ScriptedReceiver.Received::text)
                    .containsExactly("a", "b", "");
            assertThat(receiver.received().getFirst().header("X-TEST")).isEqualTo("yes");
        }
    }

    @Test
    void anAnswerCanTakeItsTime() throws Exception {
        try (ScriptedReceiver receiver = ScriptedReceiver.start();
                HttpClient client = HttpClient.newHttpClient()) {
            receiver.answer(status(200).after(Duration.ofMillis(150)));
            long start = System.nanoTime();
            client.send(post(receiver, "a"), BodyHandlers.ofString());
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(140));
        }
    }

    private static HttpRequest post(ScriptedReceiver receiver, String body) {
        return HttpRequest.newBuilder(receiver.uri())
                .header("X-Test", "yes")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
    }
}
