package nexus.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.standardwebhooks.Webhook;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WebhookSignerTest {
    private static final String SECRET_A = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final String SECRET_B = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    private final WebhookSigner signer = new WebhookSigner();

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', emptyValue = "", textBlock = """
        MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw             | msg_p5jXN8AQM9LWM0D4loKWxJek             | 1614265330 | `{"test": 2432232314}` | v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=
        MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw             | msg_22bd292a-71ab-46fe-a460-8632d6754ac6 | 1234       | `{"hello":"world"}`    | v1,qCVBRIv6rKQVhSJBAmUSE9GkdCdPe2j6xzzkm89UcoA=
        MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw             | msg_utf8                                 | 1700000000 | `{"name":"Zoë — ✓"}`   | v1,Zrl4xdNIO0CeVi4ZxFPwmlLLVJ6tN8kHNAzR9IDVr6c=
        MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw             | msg_empty                                | 1700000000 | ``                     | v1,LrOGikvEp3ovC4ipwU5sfXzzFy9SMN1tDL3jPPGtLmc=
        AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8= | evt_01HZX3T9F7Q2M8N4B6K5C1D0EJ           | 1735689600 | `{"a":1}`              | v1,nykCdDsvQJdcfwhGdmL3TxizYnlsQi/xKK1AsOchAzs=
        """)
    void theVectorsOfStandardWebhooksHold(String key, String id, String timestamp, String body, String expected) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        assertThat(signer.signature(List.of(Base64.getDecoder().decode(key)), id, timestamp, bytes))
                .isEqualTo(expected);
    }

    @Test
    void theBodySignatureIsBuiltAsGitHubs() {
        byte[] key = "It's a Secret to Everybody".getBytes(StandardCharsets.UTF_8);
        assertThat(signer.bodySignature(key, "Hello, World!".getBytes(StandardCharsets.UTF_8)))
                .isEqualTo("sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17");
    }

    @Test
    void anIndependentVerifierAcceptsTheSignaturesOfBothKeysOfARotation() {
        String body = "{\"hello\":\"Zoë\"}";
        String timestamp = Long.toString(Instant.now().getEpochSecond());
        String header = signer.signature(
                List.of(key(SECRET_B), key(SECRET_A)), "msg_1", timestamp, body.getBytes(StandardCharsets.UTF_8));

        HttpHeaders headers = HttpHeaders.of(
                Map.of(
                        "webhook-id", List.of("msg_1"),
                        "webhook-timestamp", List.of(timestamp),
                        "webhook-signature", List.of(header)),
                (name, value) -> true);
        assertThatCode(() -> new Webhook(SECRET_A).verify(body, headers)).doesNotThrowAnyException();
        assertThatCode(() -> new Webhook(SECRET_B).verify(body, headers)).doesNotThrowAnyException();
    }

    @Test
    void theNewestKeySignsFirst() {
        byte[] body = {1, 2, 3};
        assertThat(signer.signature(List.of(key(SECRET_B), key(SECRET_A)), "id", "1", body))
                .isEqualTo(signer.signature(List.of(key(SECRET_B)), "id", "1", body) + " "
                        + signer.signature(List.of(key(SECRET_A)), "id", "1", body));
    }

    @Test
    void whatWasSignedBeforeWithWhateverKeyMakesNoDifference() {
        byte[] body = {1, 2, 3};
        String first = signer.bodySignature(key(SECRET_A), body);
        assertThat(signer.bodySignature(key(SECRET_A), body)).isEqualTo(first);
        assertThat(signer.bodySignature(key(SECRET_B), body)).isNotEqualTo(first);
        assertThat(signer.bodySignature(key(SECRET_A), body)).isEqualTo(first);
    }

    @Test
    void aSignatureIsVerifiedAgainstEachOfTheHeader() {
        byte[] body = {1, 2, 3};
        String header = signer.signature(List.of(key(SECRET_B), key(SECRET_A)), "id", "1", body);

        assertThat(signer.verifies(key(SECRET_A), "id", "1", body, header)).isTrue();
        assertThat(signer.verifies(key(SECRET_A), "id", "2", body, header)).isFalse();
        assertThat(signer.verifies(key(SECRET_A), "id", "1", new byte[] {1, 2}, header))
                .isFalse();
        assertThat(signer.verifies(key(SECRET_A), "id", "1", body, "")).isFalse();
    }

    private static byte[] key(String secret) {
        return Base64.getDecoder().decode(secret.substring("whsec_".length()));
    }
}
