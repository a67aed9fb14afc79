package nexus.preview;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nexus.preview.SignatureCheck.Received;
import nexus.subscription.secret.PreviousSecret;
import nexus.subscription.secret.SigningSecret;
import nexus.subscription.secret.SigningSecrets;
import nexus.target.Described;
import nexus.webhook.WebhookSigner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignatureCheckTest {
    private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");
    private static final String TIMESTAMP = Long.toString(NOW.getEpochSecond());
    private static final SigningSecret CURRENT = new SigningSecret("current-secret");
    private static final SigningSecret OLD = new SigningSecret("older-secret");
    private static final SigningSecrets SECRETS =
            new SigningSecrets(CURRENT, List.of(new PreviousSecret(OLD, NOW.plusSeconds(60))));
    private static final String BODY = "{\"total\":1.10}";

    @Test
    void currentAndReplacedSecretsAreToldApart() {
        assertThat(check(signature(CURRENT, TIMESTAMP, BODY), TIMESTAMP, Optional.empty()))
                .isEqualTo(new SignatureCheck(true, "The signature was made with the current secret."));
        assertThat(check("v1,other " + signature(OLD, TIMESTAMP, BODY), TIMESTAMP, Optional.of(BODY))
                        .reason())
                .contains("replaced");
        assertThat(check(signature(new SigningSecret("no such secret"), TIMESTAMP, BODY), TIMESTAMP, Optional.empty())
                        .valid())
                .isFalse();
    }

    @Test
    void parsedAndRewrittenBodyIsRecognised() {
        SignatureCheck rewritten =
                check(signature(CURRENT, TIMESTAMP, BODY), TIMESTAMP, Optional.of("{\"total\": 1.1}"));

        assertThat(rewritten.valid()).isFalse();
        assertThat(rewritten.reason())
                .contains("differs")
                .contains("from character 10 on")
                .contains("before they are parsed");
    }

    @Test
    void otherTimestampIsNoLongerSigned() {
        assertThat(check(signature(CURRENT, TIMESTAMP, BODY), "1", Optional.empty())
                        .valid())
                .isFalse();
    }

    @Test
    void oldTimestampIsMentioned() {
        String old = Long.toString(NOW.getEpochSecond() - 3_600);

        assertThat(check(signature(CURRENT, old, BODY), old, Optional.empty()).reason())
                .contains("60 minutes old");
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "99999999999999999999", "9223372036854775807", "-1"})
    void anyTimestampIsJudged(String timestamp) {
        assertThat(check(signature(CURRENT, timestamp, BODY), timestamp, Optional.empty())
                        .valid())
                .isTrue();
    }

    @Test
    void readersSeeNeitherSignaturesNorPaths() {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Webhook-Signature", "v1,x");
        headers.put("X-Signature", "sha256=x");
        headers.put("webhook-id", "1");
        Described described = new Described("POST", "https://example.com/token?a=b", headers, Buffer.buffer("{}"));

        assertThat(SentRequest.of(described, 2, false))
                .extracting(SentRequest::url, SentRequest::signed, request -> request.headers()
                        .values())
                .satisfies(
                        seen -> assertThat(seen.toString()).isEqualTo("[https://example.com, false, [***, ***, 1]]"));
        assertThat(SentRequest.of(described, 2, true).url()).isEqualTo("https://example.com/token?a=b");
        assertThat(SentRequest.of(new Described("SEND", "mailto:a@b.c", headers, Buffer.buffer()), 1, false)
                        .url())
                .isEqualTo("mailto:***");
    }

    private static SignatureCheck check(String signature, String timestamp, Optional<String> body) {
        Described sent =
                new Described("POST", "https://example.com/", Map.of("webhook-id", "evt"), Buffer.buffer(BODY));
        return SignatureCheck.of(new Received(Optional.empty(), timestamp, signature, body), sent, SECRETS, NOW);
    }

    private static String signature(SigningSecret secret, String timestamp, String body) {
        return new WebhookSigner()
                .signature(List.of(secret.key()), "evt", timestamp, body.getBytes(StandardCharsets.UTF_8));
    }
}
