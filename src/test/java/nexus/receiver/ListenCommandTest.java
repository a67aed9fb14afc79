package nexus.receiver;

import static nexus.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import nexus.webhook.WebhookSigner;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ListenCommandTest {
    private static final Pattern READY = Pattern.compile("Listening on (http://localhost:\\d+)");

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final HttpClient client = HttpClient.newHttpClient();
    private @Nullable Thread command;

    @AfterEach
    void stop() throws InterruptedException {
        if (command != null) {
            command.interrupt();
            command.join();
        }
        client.close();
    }

    @Test
    void aWebhookIsPrintedAsOneReadableBlock() throws Exception {
        URI uri = listen("--port", "0");

        assertThat(post(uri, "{\"id\":\"0199\",\"amount\":1.00}", "whatever")).isEqualTo(200);

        eventually("the block", () -> printed().contains("\"amount\" : 1.00"));
        assertThat(printed())
                .containsPattern(
                        "\\d\\d:\\d\\d:\\d\\d\\.\\d{3}  user\\.created  attempt 2  signature not checked \\(no --secret\\)  answered 200\n  id evt_1\n");
    }

    @Test
    void aSignatureIsOkOrWrong() throws Exception {
        URI uri = listen("--port=0", "--secret", "whsec_AQID");
        byte[] key = {1, 2, 3};
        String body = "{\"name\":\"Zoë\"}";
        String signature = new WebhookSigner()
                .signature(List.of(key), "evt_1", "1700000000", body.getBytes(StandardCharsets.UTF_8));

        post(uri, body, signature);
        eventually("the verdict", () -> printed().contains("  signature ok  "));
        post(uri, body + " ", signature);
        eventually("the verdict", () -> printed().contains("  signature WRONG  "));
    }

    @Test
    void theFirstRequestsFailAsToldAndTheOthersGetTheStatus() throws Exception {
        URI uri = listen("--port", "0", "--fail-first", "2", "--status", "202");

        assertThat(List.of(post(uri, "{}", ""), post(uri, "{}", ""), post(uri, "{}", "")))
                .containsExactly(500, 500, 202);
    }

    @Test
    void whatIsNoJsonIsPrintedAsItIsButCanNotSteerTheTerminal() throws Exception {
        URI uri = listen("--port", "0");

        post(uri, "plain \u001b[31mred", "");

        eventually("the body", () -> printed().contains("plain \\u{1B}[31mred"));
    }

    @Test
    void aBrowserIsToldThatThisIsForWebhooks() throws Exception {
        URI uri = listen("--port", "0", "--fail-first", "1");
        assertThat(client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding())
                        .statusCode())
                .isEqualTo(405);
        assertThat(post(uri, "{}", "")).isEqualTo(500);
    }

    @Test
    void aBadOptionIsOneLineAndExitCode2() {
        assertThat(run("--port", "many")).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .isEqualToNormalizingNewlines("nexus listen: --port must be a number from 0 to 65535, not many\n");
    }

    @Test
    void aPortInUseIsOneLineAndExitCode1() throws IOException {
        try (ServerSocket taken = new ServerSocket(0)) {
            assertThat(run("--port", Integer.toString(taken.getLocalPort()))).isEqualTo(1);
        }
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("choose another with --port");
    }

    @Test
    void anInterruptEndsItWithExitCode0() throws InterruptedException {
        AtomicInteger exitCode = new AtomicInteger(-1);
        Thread thread = Thread.ofPlatform().start(() -> exitCode.set(run("--port", "0")));
        eventually("ready", () -> printed().contains("Listening"));
        thread.interrupt();
        thread.join();
        assertThat(exitCode).hasValue(0);
    }

    private URI listen(String... args) {
        command = Thread.ofPlatform().start(() -> run(args));
        eventually("the ready line", () -> READY.matcher(printed()).find());
        Matcher ready = READY.matcher(printed());
        assertThat(ready.find()).isTrue();
        return URI.create(ready.group(1) + "/hook");
    }

    private int run(String... args) {
        return ListenCommand.run(
                args,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    private int post(URI uri, String body, String signature) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(uri)
                .header("webhook-id", "evt_1")
                .header("webhook-timestamp", "1700000000")
                .header("webhook-signature", signature)
                .header("X-Event-Type", "user.created")
                .header("X-Delivery-Attempt", "2")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return client.send(request, BodyHandlers.discarding()).statusCode();
    }

    private String printed() {
        return out.toString(StandardCharsets.UTF_8);
    }
}
