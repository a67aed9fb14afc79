package nexus.bench.receiver;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import nexus.testkit.TestCertificate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SecureReceiverTest {
    private static final int EVENTS = 50;

    private final Ledger ledger = new Ledger();
    private final Receipts receipts = new Receipts(ledger, new Spread(1));

    @TempDir
    private Path folder;

    /** The client would use HTTP/2 with both, if it were offered. */
    @ParameterizedTest
    @CsvSource({"HTTPS, HTTP_1_1", "HTTP2, HTTP_2"})
    void countsWhatComesOverItsProtocol(Protocol protocol, HttpClient.Version version) throws Exception {
        TestCertificate certificate = TestCertificate.make(folder, "127.0.0.1");
        try (SecureReceiver receiver = SecureReceiver.start(receipts, "127.0.0.1", certificate, protocol);
                HttpClient client = HttpClient.newBuilder()
                        .sslContext(certificate.context())
                        .build()) {
            ledger.sending(ledger.take(EVENTS), EVENTS);
            List<CompletableFuture<HttpResponse<Void>>> answers = new ArrayList<>();
            for (int n = 1; n <= EVENTS; n++) {
                String body = "{\"pad\":\"" + "x".repeat(n == EVENTS ? 100_000 : n) + "\",\"n\":" + n + ",\"k\":0}";
                answers.add(client.sendAsync(
                        HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + receiver.port() + "/count"))
                                .header("webhook-id", "event-" + n)
                                .POST(BodyPublishers.ofString(body))
                                .build(),
                        BodyHandlers.discarding()));
            }
            for (CompletableFuture<HttpResponse<Void>> answer : answers) {
                assertThat(answer.get().statusCode()).isEqualTo(200);
                assertThat(answer.get().version()).isEqualTo(version);
            }
            assertThat(ledger.verdict()).isEqualTo(new Ledger.Verdict(EVENTS, EVENTS, 0, 0, 0, 0));
        }
    }

    @Test
    void anIdHasTheSameHashOverEveryProtocol() {
        assertThat(Receipts.hash("event-17"))
                .isEqualTo(Receipts.hash("id:event-17\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII), 3));
        assertThat(Receipts.hash("event-17")).isNotEqualTo(Receipts.hash("event-18"));
    }
}
