package nexus.subscription.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import nexus.api.json.JsonBody;
import nexus.refusal.Refusal;
import nexus.target.credential.TargetAccess;
import nexus.target.credential.TargetAuth;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TargetCredentialsTest {
    private static final String OAUTH = """
            {"auth":{"type":"oauth2","tokenUrl":"https://id.example/token","clientId":"c","clientSecret":"hush",\
            "scope":"a b"},"signing":"ed25519"}""";

    @Test
    void whatIsNotAskedForCostsNothing() {
        assertThat(read("{}", TargetCredentials.NONE)).isSameAs(TargetCredentials.NONE);
        assertThat(TargetCredentials.ofStored(new JsonObject())).isSameAs(TargetCredentials.NONE);
        assertThat(TargetCredentials.NONE.access()).isSameAs(TargetAccess.PLAIN);
        assertThat(read("{\"auth\":null,\"tls\":null,\"signing\":\"hmac\"}", read(OAUTH, TargetCredentials.NONE)))
                .isSameAs(TargetCredentials.NONE);
    }

    @Test
    void whatIsStoredComesBackAsItWas() {
        TargetCredentials given = read(OAUTH, TargetCredentials.NONE);
        JsonObject json = new JsonObject();
        given.store(json);
        TargetCredentials stored = TargetCredentials.ofStored(new JsonObject(json.encode()));
        assertThat(stored.auth()).isEqualTo(given.auth());
        assertThat(stored.signer().orElseThrow().publicKey())
                .isEqualTo(given.signer().orElseThrow().publicKey());
        assertThat(stored.access().auth()).isInstanceOfSatisfying(TargetAuth.ClientCredentials.class, credentials -> {
            assertThat(credentials.clientSecret()).isEqualTo("hush");
            assertThat(credentials.scope()).contains("a b");
        });
    }

    @Test
    void aSecretIsShownAsStarsAndStaysWhenTheStarsComeBack() {
        TargetCredentials given = read(
                "{\"auth\":{\"type\":\"basic\",\"username\":\"ann\",\"password\":\"hush\"}}", TargetCredentials.NONE);
        assertThat(given.auth().orElseThrow().shown(true))
                .containsEntry("password", "***")
                .containsEntry("username", "ann");
        TargetCredentials changed =
                read("{\"auth\":{\"type\":\"basic\",\"username\":\"bob\",\"password\":\"***\"}}", given);
        assertThat(changed.access().auth()).isEqualTo(TargetAuth.basic("bob", "hush"));
        assertThat(given.toString() + given.auth()).doesNotContain("hush");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"auth\":{}}",
                "{\"auth\":{\"type\":\"digest\"}}",
                "{\"auth\":{\"type\":\"basic\",\"username\":\"a:b\",\"password\":\"p\"}}",
                "{\"auth\":{\"type\":\"basic\",\"username\":\"a\",\"password\":\"***\"}}",
                "{\"auth\":{\"type\":\"bearer\",\"token\":\"two words\"}}",
                "{\"auth\":{\"type\":\"bearer\",\"token\":\"line\\nbreak\"}}",
                "{\"auth\":{\"type\":\"bearer\",\"token\":\"t\",\"password\":\"p\"}}",
                "{\"auth\":{\"type\":\"oauth2\",\"tokenUrl\":\"ftp://x/\",\"clientId\":\"c\",\"clientSecret\":\"s\"}}",
                "{\"auth\":{\"type\":\"oauth2\",\"clientId\":\"c\",\"clientSecret\":\"s\"}}",
                "{\"tls\":{\"ca\":\"no certificate\"}}",
                "{\"tls\":{\"key\":\"***\"}}",
                "{\"tls\":{\"certificate\":\"x\"}}",
                "{\"signing\":\"rsa\"}"
            })
    void whatIsWrongIsRefused(String body) {
        assertThatThrownBy(() -> read(body, TargetCredentials.NONE)).isInstanceOf(Refusal.Invalid.class);
    }

    private static TargetCredentials read(String text, TargetCredentials before) {
        JsonBody body = JsonBody.parse(text.getBytes(StandardCharsets.UTF_8));
        TargetCredentials read = TargetCredentials.read(body, before, new KeptSecrets());
        body.check();
        return read;
    }
}
