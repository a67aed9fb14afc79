package nexus.subscription.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import nexus.api.json.JsonBody;
import nexus.refusal.Refusal;
import nexus.subscription.Kind;
import nexus.subscription.Missed;
import nexus.subscription.Subscription;
import nexus.subscription.SubscriptionDraft;
import nexus.subscription.catalog.SubscriptionRegistry;
import nexus.subscription.secret.SigningSecret;
import nexus.subscription.warning.Warning;
import nexus.testkit.TestCertificate;
import nexus.testkit.TestSubscription;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What happens when an answer comes back in a PATCH: hidden values stay, and never go to another place than before. */
class SentBackTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PLAIN = "{\"endpointUrl\":\"https://hooks.example/x?token=t\",\"eventTypes\":[\"a\"]";

    static List<String> bodies() {
        return List.of(
                "",
                ",\"headers\":{\"X-Key\":\"k\",\"Accept\":\"text/plain\",\"accept-odd\":\"v\"}",
                ",\"isEnabled\":false,\"ordering\":\"none\",\"concurrency\":7,\"rateLimit\":9,\"deadOn\":[404,400]",
                ",\"retry\":{\"maxAttempts\":3,\"baseSeconds\":1,\"cap\":\"90m\"},\"signing\":\"ed25519\"",
                ",\"targetType\":\"webhook\",\"format\":\"default\",\"secret\":\"my-secret\"",
                ",\"auth\":{\"type\":\"basic\",\"username\":\"ann\",\"password\":\"hush\"}",
                ",\"auth\":{\"type\":\"basic\",\"username\":\"sk_live\",\"password\":\"\"}",
                ",\"auth\":{\"type\":\"basic\",\"username\":\"\",\"password\":\"hush\"}",
                ",\"auth\":{\"type\":\"basic\",\"username\":\"\",\"password\":\"\"}",
                ",\"auth\":{\"type\":\"bearer\",\"token\":\"hush\"}",
                ",\"auth\":{\"type\":\"oauth2\",\"tokenUrl\":\"https://id.example/t?k=1\",\"clientId\":\"c\","
                        + "\"clientSecret\":\"hush\",\"scope\":\"a b\"}");
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void aWholeAnswerChangesNothing(String more) throws JsonProcessingException {
        for (Kind kind : Kind.values()) {
            Subscription stored = stored(create(PLAIN + more + "}"), kind);
            String shown = JSON.writeValueAsString(SubscriptionAnswer.of(stored, true));
            assertThat(change(shown, stored)).isEqualTo(stored.draft());
            String answered = JSON.writeValueAsString(SubscriptionAnswer.shown(
                    new SubscriptionRegistry.Registered(
                            stored,
                            new Missed(Long.MAX_VALUE, Optional.of(Instant.EPOCH), Optional.of(Instant.EPOCH)),
                            List.of(new Warning("private-address", "is private", "allow it"))),
                    true));
            assertThat(change(answered, stored)).isEqualTo(stored.draft());
        }
    }

    @Test
    void itDoesSoWithTlsOfItsOwn(@TempDir Path folder) throws Exception {
        TestCertificate own = TestCertificate.make(folder, "localhost");
        ObjectNode body = (ObjectNode) JSON.readTree(PLAIN + "}");
        body.putObject("tls")
                .put("ca", own.certificate())
                .put("certificate", own.certificate())
                .put("key", own.privateKey());
        Subscription stored = stored(create(body.toString()), Kind.SUBSCRIPTION);
        String shown = JSON.writeValueAsString(SubscriptionAnswer.of(stored, true));
        assertThat(shown).doesNotContain("PRIVATE KEY");
        assertThat(change(shown, stored)).isEqualTo(stored.draft());
    }

    /** A field that is added to the view and not to the request shows up here. */
    @Test
    void everyFieldOfTheViewMayComeBackAlone() throws JsonProcessingException {
        for (String more : bodies()) {
            Subscription stored = stored(create(PLAIN + more + "}"), Kind.SUBSCRIPTION);
            JsonNode shown = JSON.valueToTree(SubscriptionAnswer.of(stored, true));
            shown.properties().forEach(field -> assertThat(change(
                            JSON.createObjectNode()
                                    .set(field.getKey(), field.getValue())
                                    .toString(),
                            stored))
                    .as(field.getKey())
                    .isEqualTo(stored.draft()));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "/id             | \"id\":\"0199a3c4-7f6e-7b3a-9c51-2d1f6a0b8e11\"",
                "/id             | \"id\":null",
                "/id             | \"id\":5",
                "/publicKey      | \"publicKey\":\"whpk_x\"",
                "/disabledReason | \"disabledReason\":\"gone\"",
                "/createdAt      | \"createdAt\":\"2026-01-31T18:20:43.401Z\"",
                "/updatedAt      | \"updatedAt\":\"2026-01-31T18:20:43.401Z\"",
                "/updatedAt      | \"updatedAt\":\"yesterday\"",
                "/updatedAt      | \"updatedAt\":null",
                "/warnings       | \"warnings\":\"none\"",
                "/missed         | \"missed\":null",
            })
    void whatCannotBeSetMustBeAsItWasShown(String pointer, String field) {
        assertThat(errorsOf("{" + field + "}", stored(create(PLAIN + "}"), Kind.SUBSCRIPTION)))
                .containsExactly(pointer);
    }

    @Test
    void anAnswerOfBeforeAnotherChangeMayComeBackToo() {
        Subscription stored = stored(create(PLAIN + "}"), Kind.SUBSCRIPTION);
        assertThat(change("{\"updatedAt\":\"2026-01-31T18:20:43.399Z\"}", stored))
                .isEqualTo(stored.draft());
    }

    @Test
    void aHiddenSecretStays() {
        Subscription stored = stored(create(PLAIN + ",\"secret\":\"my-secret\"}"), Kind.SUBSCRIPTION);
        assertThat(change("{\"secret\":\"***\"}", stored)).isEqualTo(stored.draft());
    }

    /** Which secrets have to come along is the same whatever the change says of them, short of naming or dropping them. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"endpointUrl\":\"https://evil.example/x\"",
                "\"endpointUrl\":\"http://hooks.example/x\"",
                "\"endpointUrl\":\"https://hooks.example:8443/x\"",
                "\"endpointUrl\":\"https://hooks.example.evil.example/x\"",
                "\"endpointUrl\":\"https://hooks.example./x\"",
                "\"tls\":{\"ca\":\"%CA%\"}"
            })
    void noChangeTakesStoredSecretsToAnotherPlace(String change, @TempDir Path folder) throws Exception {
        String moving = change.replace(
                "%CA%", TestCertificate.make(folder, "localhost").certificate().replace("\n", "\\n"));
        String headers = ",\"headers\":{\"X-Odd-Name\":\"h1\",\"Accept\":\"a\",\"x-team\":\"h2\"}";
        Map<String, String> auths = Map.of(
                "{\"type\":\"basic\",\"username\":\"ann\",\"password\":\"hush\"}", "/auth/password",
                "{\"type\":\"bearer\",\"token\":\"hush\"}", "/auth/token",
                "{\"type\":\"oauth2\",\"tokenUrl\":\"https://id.example/t\",\"clientId\":\"c\",\"clientSecret\":\"hush\"}",
                        "/auth/clientSecret");
        auths.forEach((auth, pointer) -> {
            Subscription stored = stored(create(PLAIN + headers + ",\"auth\":" + auth + "}"), Kind.SUBSCRIPTION);
            String hidden = auth.replace("hush", "***");
            String hiddenHeaders = ",\"headers\":{\"X-Odd-Name\":\"***\",\"Accept\":\"a\",\"X-TEAM\":\"***\"}";
            for (String kept :
                    List.of("", ",\"auth\":" + hidden, hiddenHeaders, hiddenHeaders + ",\"auth\":" + hidden)) {
                assertThat(errorsOf("{" + moving + kept + "}", stored).stream()
                                .map(text -> text.toLowerCase(Locale.ROOT)))
                        .as(kept)
                        .containsExactlyInAnyOrder(
                                "/headers/x-odd-name", "/headers/x-team", pointer.toLowerCase(Locale.ROOT));
            }
            assertThat(errorsOf("{" + moving + ",\"headers\":null,\"auth\":" + hidden + "}", stored))
                    .containsExactly(pointer);
            assertThat(errorsOf("{" + moving + ",\"headers\":{\"X-Odd-Name\":\"***\"},\"auth\":null}", stored))
                    .containsExactly("/headers/X-Odd-Name");
            assertThat(errorsOf("{" + moving + headers + ",\"auth\":" + auth + "}", stored))
                    .isEmpty();
            assertThat(errorsOf("{" + moving + ",\"headers\":{},\"auth\":null}", stored))
                    .isEmpty();
        });
    }

    @Test
    void anotherTokenServerNeedsTheSecretsAgain() {
        String auth = "{\"type\":\"oauth2\",\"tokenUrl\":\"%s\",\"clientId\":\"c\",\"clientSecret\":\"%s\"}";
        Subscription stored = stored(
                create(PLAIN + ",\"auth\":" + auth.formatted("https://id.example/t", "hush")
                        + ",\"headers\":{\"X-A\":\"h\"}}"),
                Kind.SUBSCRIPTION);
        for (String url : List.of("https://evil.example/t", "http://id.example/t", "https://id.example:444/t")) {
            assertThat(errorsOf("{\"auth\":" + auth.formatted(url.replace(":444", ":8443"), "***") + "}", stored))
                    .containsExactlyInAnyOrder("/auth/clientSecret", "/headers/X-A");
        }
        assertThat(errorsOf("{\"auth\":" + auth.formatted("https://ID.example:443/other?x=1", "***") + "}", stored))
                .isEmpty();
    }

    @Test
    void theSamePlaceInAnotherSpellingNeedsNothing() {
        Subscription stored = stored(create(PLAIN + ",\"headers\":{\"X-A\":\"h\"}}"), Kind.SUBSCRIPTION);
        for (String url :
                List.of("https://HOOKS.example:443/y", "HTTPS://hooks.example", "https://hooks.example/?q=1")) {
            assertThat(errorsOf("{\"endpointUrl\":\"" + url + "\"}", stored)).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"headers\":{\"X-Other\":\"***\"}",
                "\"auth\":{\"type\":\"basic\",\"username\":\"ann\",\"password\":\"***\"}",
                "\"auth\":{\"type\":\"bearer\",\"token\":\"***\"}",
                "\"auth\":{\"type\":\"oauth2\",\"tokenUrl\":\"https://id.example/\",\"clientId\":\"***\",\"clientSecret\":\"x\"}",
                "\"auth\":{\"type\":\"basic\",\"username\":\"***\",\"password\":\"shown-now\"}",
            })
    void aHiddenValueNeverTurnsUpInAnotherField(String change) {
        Subscription stored = stored(
                create(PLAIN + ",\"headers\":{\"X-A\":\"hush\"},"
                        + "\"auth\":{\"type\":\"basic\",\"username\":\"hush\",\"password\":\"\"}}"),
                Kind.SUBSCRIPTION);
        try {
            SubscriptionDraft after = change("{" + change + "}", stored);
            assertThat(SubscriptionAnswer.of(stored(after, Kind.SUBSCRIPTION), true)
                            .toString())
                    .doesNotContain("hush");
        } catch (Refusal.Invalid refused) {
            assertThat(refused.errors()).isNotEmpty();
        }
    }

    @Test
    void aKeyThatMayOnlyReadSeesOriginsAlone() throws JsonProcessingException {
        for (String more : bodies()) {
            Subscription stored = stored(create(PLAIN + more + "}"), Kind.SUBSCRIPTION);
            String shown = JSON.writeValueAsString(SubscriptionAnswer.of(stored, false));
            assertThat(shown)
                    .contains("\"endpointUrl\":\"https://hooks.example\"")
                    .doesNotContain("token=t", "k=1", "hush", "sk_live", "\"k\"", "\"v\"");
        }
    }

    private static SubscriptionDraft create(String json) {
        return SubscriptionRequest.create(body(json), new SigningSecret("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"));
    }

    private static SubscriptionDraft change(String json, Subscription stored) {
        return SubscriptionRequest.change(
                body(json), stored, new SigningSecret("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"));
    }

    private static List<String> errorsOf(String json, Subscription stored) {
        Refusal.Invalid refusal = catchThrowableOfType(Refusal.Invalid.class, () -> change(json, stored));
        return refusal == null
                ? List.of()
                : refusal.errors().stream().map(Refusal.FieldError::pointer).toList();
    }

    private static JsonBody body(String json) {
        return JsonBody.parse(json.getBytes(StandardCharsets.UTF_8));
    }

    private static Subscription stored(SubscriptionDraft draft, Kind kind) {
        return TestSubscription.of(draft, kind, Instant.parse("2026-01-31T18:20:43.400Z"));
    }
}
