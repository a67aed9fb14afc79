package nexus;

import static nexus.testkit.KeyedNexus.api;
import static nexus.testkit.KeyedNexus.nexus;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemTrustOptions;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import nexus.testkit.ApiClient;
import nexus.testkit.KeyedNexus;
import nexus.testkit.NexusProgram;
import nexus.testkit.PackagedNexus;
import nexus.testkit.ScriptedReceiver;
import nexus.testkit.ScriptedReceiver.Received;
import nexus.testkit.Signatures;
import nexus.testkit.TestCertificate;
import nexus.testkit.TunnelProxy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Secrets: what they do, how they change, and that they are nowhere to be found. */
@ExtendWith(KeyedNexus.class)
class CredentialsIT {
    private static final String KEY_1 = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
    private static final String KEY_2 = "ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA=";

    @Test
    void everySecretVerifiesUntilTheTimePromisedForIt() {
        try (ScriptedReceiver receiver = ScriptedReceiver.start()) {
            JsonNode made = api().subscribe(receiver.uri(), "credentials.rotated");
            String path = "/v1/subscriptions/" + made.path("id").asText();
            JsonNode rotated = api().post(path + "/secret/rotate").expect(200).json();
            api().post(path + "/test").expect(200);
            Received both = receiver.await(1).getFirst();
            assertThat(both.header("webhook-signature").split(" ")).hasSize(2);
            Signatures.verifyStandard(both, made.path("secret").asText());
            Signatures.verify(both, rotated.path("secret").asText());

            JsonNode alone = api().post(path + "/secret/rotate", "{\"overlap\":\"0s\"}")
                    .expect(200)
                    .json();
            api().post(path + "/test").expect(200);
            Received promised = receiver.await(2).getLast();
            assertThat(promised.header("webhook-signature").split(" ")).hasSize(2);
            Signatures.verifyStandard(promised, made.path("secret").asText());
            Signatures.verify(promised, alone.path("secret").asText());
            api().post(path + "/secret/rotate", "{\"overlap\":\"8d\"}").expect(422);
            api().post("/v1/subscriptions/0199a3c4-7f6e-7b3a-9c51-2d1f6a0b8e11/secret/rotate")
                    .expect(404);
        }
    }

    @Test
    void aTargetWithAnAuthorityOfItsOwnIsDeliveredToOverTlsAndShownACertificate(@TempDir Path folder) throws Exception {
        TestCertificate certificate = TestCertificate.make(folder, "localhost");
        HttpServerOptions asking = certificate
                .serverOptions()
                .setUseAlpn(true)
                .setClientAuth(ClientAuth.REQUIRED)
                .setTrustOptions(new PemTrustOptions().addCertValue(Buffer.buffer(certificate.certificate())));
        try (ScriptedReceiver receiver = ScriptedReceiver.start(asking)) {
            URI target = URI.create("https://localhost:" + receiver.port() + "/hook");
            String pem = quoted(certificate.certificate());
            String key = quoted(certificate.privateKey());
            JsonNode made = api().subscribe(
                            target,
                            "credentials.tls",
                            ",\"tls\":{\"ca\":" + pem + ",\"certificate\":" + pem + ",\"key\":" + key + "}");
            assertThat(made.path("tls").path("key").asText()).isEqualTo("***");
            String event = api().publish("credentials.tls", "{\"a\":1}");
            Signatures.verifyStandard(
                    receiver.await(1).getFirst(), made.path("secret").asText());
            api().awaitDelivery(event, "SENT");

            String untrusting =
                    api().subscribe(target, "credentials.no-tls").path("id").asText();
            JsonNode refused = api().post("/v1/subscriptions/" + untrusting + "/test")
                    .expect(200)
                    .json();
            assertThat(refused.toString()).contains("TLS: ");
            assertThat(receiver.received()).hasSize(1);
        }
    }

    @Test
    void aPublicTargetIsReachedThroughTheProxyByTheAddressThatWasJudged(@TempDir Path folder) throws Exception {
        TestCertificate certificate = TestCertificate.make(folder, "198.35.26.96");
        try (ScriptedReceiver receiver = ScriptedReceiver.start(certificate.serverOptions());
                TunnelProxy proxy =
                        TunnelProxy.start("198.35.26.96:8443", receiver.port(), "Basic bWU6aHVzaC1wcm94eQ==");
                PackagedNexus behind =
                        PackagedNexus.start(Map.of("HTTPS_PROXY", "http://me:hush-proxy@127.0.0.1:" + proxy.port()))) {
            String pem = quoted(certificate.certificate());
            JsonNode made = behind.api()
                    .subscribe(
                            URI.create("https://198.35.26.96:8443/hook"),
                            "credentials.proxied",
                            ",\"tls\":{\"ca\":" + pem + "}");
            String event = behind.api().publish("credentials.proxied", "{}");
            Signatures.verifyStandard(
                    receiver.await(1).getFirst(), made.path("secret").asText());
            behind.api().awaitDelivery(event, "SENT");
            assertThat(proxy.asked()).containsExactly("198.35.26.96:8443");

            String notOpened = behind.api()
                    .subscribe(URI.create("https://198.35.26.97:8443/hook"), "credentials.not-opened")
                    .path("id")
                    .asText();
            assertThat(behind.api()
                            .post("/v1/subscriptions/" + notOpened + "/test")
                            .text())
                    .contains("the proxy opened no tunnel: it answered 403");
            assertThat(proxy.asked()).hasSize(2);

            String inside = behind.api()
                    .subscribe(URI.create("https://10.0.0.1:8443/hook"), "credentials.not-proxied")
                    .path("id")
                    .asText();
            assertThat(behind.api()
                            .post("/v1/subscriptions/" + inside + "/test")
                            .text())
                    .contains("10.0.0.1");
            assertThat(proxy.asked()).hasSize(2);
            assertThat(behind.log()).doesNotContain("hush-proxy");
        }
    }

    @Test
    void whatATargetAsksForIsSentAndNeverShownAgain() {
        try (ScriptedReceiver receiver = ScriptedReceiver.start();
                ScriptedReceiver authority = ScriptedReceiver.start()) {
            authority.always(
                    asked -> ScriptedReceiver.status(200).body("{\"access_token\":\"hush-token\",\"expires_in\":600}"));
            JsonNode made = api().subscribe(receiver.uri(), "credentials.kept", """
                    ,"secret":"hush-signing-secret","headers":{"X-Api-Token":"hush-header"},"signing":"ed25519",\
                    "auth":{"type":"oauth2","tokenUrl":"%s","clientId":"me","clientSecret":"hush-client"}""".formatted(authority.uri("/token")));
            String path = "/v1/subscriptions/" + made.path("id").asText();
            api().post(path + "/test").expect(200);
            api().publish("credentials.kept", "{}");
            List<Received> got = receiver.await(2);
            assertThat(got).allMatch(one -> one.header("Authorization").equals("Bearer hush-token"));
            assertThat(got).allMatch(one -> one.header("webhook-signature").contains(" v1a,"));
            assertThat(authority.received()).hasSize(1);

            JsonNode shown = api().get(path).expect(200).json();
            assertThat(shown.path("auth").path("clientSecret").asText()).isEqualTo("***");
            assertThat(shown.path("publicKey").asText()).startsWith("whpk_");
            String everything = shown
                    + api().get("/v1/subscriptions").text()
                    + api().get("/v1/audit").text()
                    + api().get("/v1/metrics").text()
                    + api().get("/v1/deliveries").text()
                    + api().patch(path, "{\"concurrency\":3}").expect(200).text()
                    + nexus().log()
                    + tables();
            assertThat(everything).doesNotContain("hush-", KeyedNexus.KEY);
        }
    }

    @Test
    void storedSecretsStayWithTheTargetTheyWereGivenFor() {
        try (ScriptedReceiver receiver = ScriptedReceiver.start();
                ScriptedReceiver stranger = ScriptedReceiver.start()) {
            receiver.always(asked -> ScriptedReceiver.status(500).body("you sent " + asked.header("X-Odd")));
            JsonNode made = api().post("/v1/subscriptions", """
                            {"endpointUrl":"%s","eventTypes":["credentials.stay"],"secret":"my-secret",\
                            "headers":{"X-Odd":"hush-odd-header"}}""".formatted(receiver.uri("/hook?token=hush-query")))
                    .expect(201)
                    .json();
            String path = "/v1/subscriptions/" + made.path("id").asText();
            assertThat(made.path("name").asText()).isEqualTo(receiver.uri().getHost());
            assertThat(made.path("warnings").findValuesAsText("fix"))
                    .anyMatch(fix -> fix.contains("whsec_bXktc2VjcmV0"));
            api().patch(path, made.toString()).expect(200);
            assertThat(api().patch(path, "{\"endpointUrl\":\"" + stranger.uri() + "\"}")
                            .expect(422)
                            .text())
                    .contains("/headers/X-Odd");
            assertThat(api().post(path + "/test").expect(200).text())
                    .contains("you sent ***")
                    .doesNotContain("hush-");
            assertThat(stranger.received()).isEmpty();
            assertThat(receiver.received().getFirst().header("X-Odd")).isEqualTo("hush-odd-header");

            String read = api().post("/v1/keys", "{\"name\":\"r\",\"scopes\":[\"read\"]}")
                    .expect(201)
                    .json()
                    .path("key")
                    .asText();
            ApiClient reader = nexus().api().with("X-API-Key", read);
            String origin = receiver.uri().resolve("/").toString().replaceAll("/$", "");
            assertThat(reader.get(path).expect(200).json().path("endpointUrl").asText())
                    .isEqualTo(origin);
            String everything = reader.get(path).text()
                    + reader.get("/v1/subscriptions?limit=250").text()
                    + reader.get("/v1/audit").text()
                    + reader.get("/v1/deliveries").text()
                    + tables();
            assertThat(everything).doesNotContain("hush-");
            assertThat(api().get(path).expect(200).json().path("endpointUrl").asText())
                    .endsWith("/hook?token=hush-query");
            api().delete(path).expect(204);
        }
    }

    @Test
    void everythingCanBeEncryptedAnewWhileItRuns() {
        try (PackagedNexus running =
                        PackagedNexus.start(Map.of("NEXUS_SECRET_KEY", KEY_2, "NEXUS_SECRET_KEY_OLD", KEY_1));
                ScriptedReceiver receiver = ScriptedReceiver.start()) {
            ApiClient open = running.api();
            JsonNode made = open.subscribe(receiver.uri(), "credentials.anew");
            Map<String, String> rotating = Map.of(
                    "DATABASE_URL", running.databaseUrl(), "NEXUS_SECRET_KEY", KEY_1, "NEXUS_SECRET_KEY_OLD", KEY_2);
            assertThat(NexusProgram.run(Map.of("DATABASE_URL", running.databaseUrl()), "rotate-key")
                            .exitCode())
                    .isEqualTo(2);
            NexusProgram.Finished finished = NexusProgram.run(rotating, "rotate-key");
            assertThat(finished.exitCode()).as(finished.output()).isZero();
            assertThat(finished.output())
                    .contains("1 subscription encrypted anew")
                    .doesNotContain(KEY_1, KEY_2);
            assertThat(NexusProgram.run(rotating, "rotate-key").output()).contains("0 subscriptions");
            open.post("/v1/subscriptions/" + made.path("id").asText() + "/test").expect(200);
            Signatures.verify(receiver.await(1).getFirst(), made.path("secret").asText());
        }
    }

    /** All rows of all tables, bytes as text too. */
    private static String tables() {
        StringBuilder rows = new StringBuilder();
        nexus().query("SELECT quote_ident(table_name) FROM information_schema.tables WHERE table_schema = 'nexus'")
                .forEach(table -> nexus().query("SELECT t::text FROM nexus." + table + " t")
                        .forEach(row -> rows.append(row).append('\n')));
        nexus().query("SELECT coalesce(encode(target, 'escape'), '') FROM nexus.subscription")
                .forEach(rows::append);
        return rows.toString();
    }

    /** PEM as a JSON string. */
    private static String quoted(String pem) {
        return '"' + pem.replace("\n", "\\n") + '"';
    }
}
