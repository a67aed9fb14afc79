package nexus.subscription.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.util.RawValue;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import nexus.api.json.JsonBody;
import nexus.event.TypePattern;
import nexus.refusal.Refusal;
import nexus.subscription.Batch;
import nexus.subscription.Content;
import nexus.subscription.Flow;
import nexus.subscription.Kind;
import nexus.subscription.Mode;
import nexus.subscription.Retry;
import nexus.subscription.Selection;
import nexus.subscription.Subscription;
import nexus.subscription.SubscriptionDraft;
import nexus.subscription.SubscriptionSettings;
import nexus.subscription.json.SettingsJson;
import nexus.subscription.secret.SigningSecret;
import nexus.subscription.secret.SigningSecrets;
import nexus.subscription.target.WebhookSettings;
import nexus.testkit.FieldErrors;
import nexus.testkit.TestSubscription;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SubscriptionRequestTest {
    private static final SigningSecret GENERATED = new SigningSecret("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");

    @Test
    void whatIsNotSaidHasItsDefault() {
        assertThat(create(""))
                .isEqualTo(SubscriptionDraft.active(SubscriptionSettings.of(
                        "n",
                        new Selection(List.of(new TypePattern("a.*"))),
                        WebhookSettings.of(URI.create("https://hooks.example/x"), GENERATED))));
    }

    @Test
    void everythingCanBeSaid() {
        SubscriptionDraft draft = create(
                ",\"isEnabled\":false,\"secret\":\"correct horse\",\"format\":\"default\",\"targetType\":\"webhook\","
                        + "\"headers\":{\"Authorization\":\"Bearer x\"},\"ordering\":\"none\",\"concurrency\":1000,\"rateLimit\":250,"
                        + "\"retry\":{\"maxAttempts\":3,\"baseSeconds\":1,\"cap\":\"90m\"},\"deadOn\":[404,400]");
        assertThat(draft.mode()).isEqualTo(Mode.DISABLED);
        assertThat(webhook(draft).secrets()).isEqualTo(SigningSecrets.of(new SigningSecret("correct horse")));
        assertThat(webhook(draft).headers()).isEqualTo(Map.of("Authorization", "Bearer x"));
        assertThat(draft.settings().flow()).isEqualTo(new Flow(false, 1000, Optional.of(250)));
        assertThat(draft.settings().retry())
                .isEqualTo(new Retry(
                        new Retry.Policy(Optional.of(3), Optional.of(1), Optional.of(Duration.ofMinutes(90))),
                        Set.of(400, 404)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "/filter             | \"filter\":[]",
                "/filter             | \"filter\":\"x\"",
                "/filter/data/$regex | \"filter\":{\"data\":{\"$regex\":\"x\"}}",
                "/transform          | \"transform\":\"{{nope}}\"",
                "/transform/a/1      | \"transform\":{\"a\":[1,\"{{1+}}\"]}",
                "/request/method     | \"request\":{\"method\":\"GET\"}",
                "/request/path       | \"request\":{\"path\":\"/a/../b\"}",
                "/request/headers/Host | \"request\":{\"headers\":{\"Host\":\"x\"}}",
                "/request/headers/X-A | \"request\":{\"headers\":{\"X-A\":\"{{record.}}\"}}",
                "/request/body       | \"request\":{\"body\":\"x\"}",
                "/request            | \"request\":{\"method\":\"PUT\"},\"batch\":{\"maxSize\":2}",
                "/batch              | \"batch\":100",
                "/batch/maxSize      | \"batch\":{\"maxSize\":1}",
                "/batch/maxSize      | \"batch\":{\"maxSize\":1001}",
                "/batch/maxSize      | \"batch\":{\"maxSize\":2.5}",
                "/batch/maxWait      | \"batch\":{\"maxWait\":\"61s\"}",
                "/batch/maxWait      | \"batch\":{\"maxWait\":\"-1s\"}",
                "/batch/maxWait      | \"batch\":{\"maxWait\":5}",
                "/batch/size         | \"batch\":{\"size\":5}",
                "/id                 | \"id\":\"x\"",
                "/disabledReason     | \"disabledReason\":\"x\"",
                "/format             | \"format\":\"avro\"",
                "/format             | \"format\":\"DEFAULT\"",
                "/columns            | \"columns\":[\"id\"]",
                "/columns/exclude    | \"columns\":{\"include\":[\"a\"],\"exclude\":[\"b\"]}",
                "/columns/include    | \"columns\":{\"include\":[]}",
                "/columns/include/1  | \"columns\":{\"include\":[\"a\",1]}",
                "/columns/only       | \"columns\":{\"only\":[\"a\"]}",
                "/columns/mask/a     | \"columns\":{\"mask\":{\"a\":\"md5\"}}",
                "/columns/mask       | \"columns\":{\"mask\":[\"a\"]}",
                "/mask/a             | \"mask\":{\"a\":\"HASH\"}",
                "/mask               | \"mask\":{\"a\":\"hash\"},\"columns\":{\"mask\":{\"b\":\"hash\"}}",
                "/targetType         | \"targetType\":\"fax\"",
                "/ordering           | \"ordering\":\"fifo\"",
                "/concurrency        | \"concurrency\":0",
                "/concurrency        | \"concurrency\":1001",
                "/concurrency        | \"concurrency\":\"8\"",
                "/rateLimit          | \"rateLimit\":0",
                "/rateLimit          | \"rateLimit\":100001",
                "/rateLimit          | \"rateLimit\":0.5",
                "/rateLimit          | \"rateLimit\":\"10\"",
                "/isEnabled          | \"isEnabled\":\"true\"",
                "/state              | \"state\":\"ACTIVE\"",
                "/state              | \"state\":\"enabled\"",
                "/state              | \"state\":true",
                "/isEnabled          | \"state\":\"paused\",\"isEnabled\":false",
                "/isEnabled          | \"state\":\"disabled\",\"isEnabled\":true",
                "/retry              | \"retry\":5",
                "/retry/maxAttempts  | \"retry\":{\"maxAttempts\":0}",
                "/retry/baseSeconds  | \"retry\":{\"baseSeconds\":86401}",
                "/retry/cap          | \"retry\":{\"cap\":\"10 hours\"}",
                "/retry/cap          | \"retry\":{\"cap\":\"0s\"}",
                "/retry/jitter       | \"retry\":{\"jitter\":true}",
                "/deadOn/0           | \"deadOn\":[200]",
                "/deadOn/0           | \"deadOn\":[\"404\"]",
                "/secret             | \"secret\":\"short\"",
                "/headers/bad name    | \"headers\":{\"bad name\":\"x\"}",
                "/headers/X-A         | \"headers\":{\"X-A\":\"line\\nbreak\"}",
                "/headers/x-a         | \"headers\":{\"X-A\":\"1\",\"x-a\":\"2\"}",
                "/headers/Host        | \"headers\":{\"Host\":\"x\"}",
                "/headers/Webhook-Id  | \"headers\":{\"Webhook-Id\":\"x\"}",
                "/headers/X-Event-Type | \"headers\":{\"X-Event-Type\":\"x\"}",
                "/headers/Transfer-Encoding | \"headers\":{\"Transfer-Encoding\":\"chunked\"}",
                "/headers/X-Api-Key   | \"headers\":{\"X-Api-Key\":\"***\"}",
                "/headers/X-A        | \"headers\":{\"X-A\":5}",
                "/headers/X-A        | \"headers\":{\"X-A\":null}",
            })
    void oneWrongFieldIsNamed(String pointer, String field) {
        assertThat(FieldErrors.of(() -> create("," + field))).containsExactly(pointer);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            nullValues = "422",
            value = {
                "ACTIVE   | {}                                         | ACTIVE",
                "PAUSED   | {}                                         | PAUSED",
                "DISABLED | {}                                         | DISABLED",
                "ACTIVE   | {\"state\":\"paused\"}                      | PAUSED",
                "DISABLED | {\"state\":\"paused\"}                      | PAUSED",
                "PAUSED   | {\"state\":null}                          | ACTIVE",
                "PAUSED   | {\"isEnabled\":true}                      | ACTIVE",
                "PAUSED   | {\"isEnabled\":false}                     | DISABLED",
                "DISABLED | {\"isEnabled\":null}                      | ACTIVE",
                "PAUSED   | {\"state\":\"paused\",\"isEnabled\":true}   | PAUSED",
                "PAUSED   | {\"state\":\"paused\",\"isEnabled\":false}  | DISABLED",
                "PAUSED   | {\"state\":\"active\",\"isEnabled\":true}   | ACTIVE",
                "ACTIVE   | {\"state\":\"active\",\"isEnabled\":false}  | DISABLED",
                "ACTIVE   | {\"state\":\"disabled\",\"isEnabled\":true} | DISABLED",
                "DISABLED | {\"state\":\"active\",\"isEnabled\":false}  | ACTIVE",
                "DISABLED | {\"state\":\"disabled\",\"isEnabled\":true} | ACTIVE",
                "ACTIVE   | {\"state\":\"paused\",\"isEnabled\":false}  | 422",
                "PAUSED   | {\"state\":\"active\",\"isEnabled\":false}  | 422",
            })
    void ofStateAndIsEnabledTheOneCountsThatWasChanged(Mode before, String change, @Nullable Mode after) {
        Subscription known = stored(create(",\"state\":\"" + before.word() + "\""));
        if (after == null) {
            assertThat(FieldErrors.of(() -> change(body(change), known))).containsExactly("/isEnabled");
        } else {
            assertThat(change(body(change), known).mode()).isEqualTo(after);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"pg.nexus.owed.insert", "pg.nexus.*.*", "pg.nexus.**"})
    void aPatternThatCouldOnlyMeanOwnTablesIsRefused(String pattern) {
        assertThat(FieldErrors.of(() -> SubscriptionRequest.create(
                        body("{\"name\":\"n\",\"endpointUrl\":\"https://hooks.example/x\",\"eventTypes\":[\"a\",\""
                                + pattern + "\"]}"),
                        GENERATED)))
                .containsExactly("/eventTypes/1");
    }

    @Test
    void whatIsMissingIsNamedAllAtOnce() {
        assertThat(FieldErrors.of(() -> SubscriptionRequest.create(body("{}"), GENERATED)))
                .containsExactly("/endpointUrl", "/eventTypes");
    }

    @Test
    void theNameIsTheHostUnlessItIsSaid() {
        for (String url :
                List.of("https://hooks.example/x", "https://hooks.example:8443", "http://hooks.example?a=b:80")) {
            assertThat(SubscriptionRequest.create(
                                    body("{\"endpointUrl\":\"" + url + "\",\"eventTypes\":[\"a\"]}"), GENERATED)
                            .settings()
                            .name())
                    .isEqualTo("hooks.example");
        }
        Subscription named = stored(create(""));
        assertThat(change(body("{\"name\":null}"), named).settings().name()).isEqualTo("hooks.example");
        assertThat(change(body("{\"endpointUrl\":\"https://other.example/\"}"), named)
                        .settings()
                        .name())
                .isEqualTo("n");
        assertThat(FieldErrors.of(() -> change(body("{\"name\":\"\"}"), named))).containsExactly("/name");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"WEBHOOK\"", "\"webhook\"", "\"WebHook\"", "null"})
    void aTargetTypeIsTakenInAnyCaseAndShownInUpperCase(String type) {
        Subscription made = stored(create(",\"targetType\":" + type));
        assertThat(SubscriptionAnswer.of(made, true).fields().get("targetType")).isEqualTo("WEBHOOK");
    }

    @Test
    void theLongestTextsAreJudgedAndNotTooDeep() {
        for (String text : List.of("a", "%41", "/a", "é", "%4")) {
            String path = text.repeat(16_384 / text.length());
            List<String> errors = FieldErrors.of(() -> create(",\"request\":{\"path\":\"" + path + "\"}"));
            assertThat(errors).as(text).isSubsetOf("/request", "/request/path");
        }
    }

    @Test
    void columnsAreShownAsTheyAreStored() {
        Subscription some =
                stored(create(",\"columns\":{\"include\":[\"id\",\"a\\\"b\",\"id\"],\"mask\":{\"id\":\"hash\"}}"));
        Map<String, Object> shown = Map.of("include", List.of("id", "a\"b"), "mask", Map.of("id", "hash"));
        assertThat(SubscriptionAnswer.of(some, true).fields().get("columns")).isEqualTo(shown);
        assertThat(stored(create(",\"columns\":{\"include\":[\"id\",\"a\\\"b\"]},\"mask\":{\"id\":\"hash\"}"))
                        .settings())
                .isEqualTo(some.settings());
        Subscription masked = stored(change(body("{\"columns\":{\"exclude\":[\"x\"]}}"), some));
        assertThat(SubscriptionAnswer.of(masked, true).fields().get("columns"))
                .isEqualTo(Map.of("exclude", List.of("x")));
        Subscription all = stored(change(body("{\"columns\":null}"), some));
        assertThat(SubscriptionAnswer.of(all, true).fields()).containsEntry("columns", null);
        assertThat(all.settings().sameness()).isNotEqualTo(some.settings().sameness());
        assertThat(masked.settings().sameness()).isNotEqualTo(some.settings().sameness());
    }

    @Test
    void aChangeLeavesWhatItDoesNotName() {
        Subscription before =
                stored(create(",\"concurrency\":5,\"rateLimit\":9,\"deadOn\":[404],\"headers\":{\"X-Key\":\"k\"}"));
        assertThat(change(body("{}"), before)).isEqualTo(before.draft());
        SubscriptionSettings renamed = change(body("{\"name\":\"m\"}"), before).settings();
        assertThat(renamed.name()).isEqualTo("m");
        assertThat(renamed.flow().concurrency()).isEqualTo(5);
    }

    @Test
    void nullBringsADefaultBackAndIsRefusedWhereThereIsNone() {
        Subscription before = stored(create(",\"concurrency\":5,\"rateLimit\":9,\"deadOn\":[404],\"ordering\":\"none\","
                + "\"isEnabled\":false,\"retry\":{\"maxAttempts\":1},\"headers\":{\"X-Key\":\"k\"}"));
        SubscriptionDraft reset = change(
                body(
                        "{\"concurrency\":null,\"rateLimit\":null,\"deadOn\":null,\"ordering\":null,\"isEnabled\":null,\"retry\":null,"
                                + "\"headers\":null}"),
                before);
        assertThat(reset).isEqualTo(create(""));
        assertThat(FieldErrors.of(
                        () -> change(body("{\"endpointUrl\":null,\"eventTypes\":null,\"secret\":null}"), before)))
                .containsExactly("/endpointUrl", "/secret", "/eventTypes");
    }

    @Test
    void aCredentialThatComesBackHiddenStaysWhatItWas() {
        Subscription before = stored(
                create(",\"headers\":{\"Authorization\":\"Bearer x\",\"X-Odd\":\"a\",\"Accept\":\"text/plain\"}"));
        assertThat(SubscriptionAnswer.of(before, true).fields().get("headers"))
                .isEqualTo(Map.of("Authorization", "***", "X-Odd", "***", "Accept", "text/plain"));
        assertThat(webhook(change(body("{\"headers\":{\"authorization\":\"***\",\"X-Odd\":\"b\"}}"), before))
                        .headers())
                .isEqualTo(Map.of("authorization", "Bearer x", "X-Odd", "b"));
    }

    /** Docker Compose makes them. */
    @ParameterizedTest
    @ValueSource(strings = {"http://my_service:8080/x", "https://a_b.hooks.example", "http://_x/", "http://receiver."})
    void aHostMayHaveUnderscores(String url) {
        assertThat(webhook(SubscriptionRequest.create(
                                body("{\"name\":\"n\",\"eventTypes\":[\"a\"],\"endpointUrl\":\"" + url
                                        + "\",\"auth\":{\"type\":\"oauth2\",\"clientId\":\"i\",\"clientSecret\":\"s\",\"tokenUrl\":\""
                                        + url + "\"}}"),
                                GENERATED))
                        .url())
                .hasToString(url);
    }

    @Test
    void aHostInOtherLettersIsRefusedWithTheFormToUse() {
        for (String json : List.of(
                "{\"name\":\"n\",\"eventTypes\":[\"a\"],\"endpointUrl\":\"https://bücher.example/\"}",
                "{\"name\":\"n\",\"eventTypes\":[\"a\"],\"endpointUrl\":\"https://a.example/\",\"auth\":{\"type\":\"oauth2\","
                        + "\"clientId\":\"i\",\"clientSecret\":\"s\",\"tokenUrl\":\"https://bücher.example/token\"}}")) {
            assertThatThrownBy(() -> SubscriptionRequest.create(body(json), GENERATED))
                    .isInstanceOf(Refusal.Invalid.class)
                    .hasMessageContaining("xn--bcher-kva.example");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hooks.example",
                "ftp://hooks.example",
                "https://",
                "https:///x",
                "https://user:pass@hooks.example",
                "https://hooks.example/#here",
                "https://hooks.example:0/",
                "https://hooks.example:22/",
                "https://hooks.example:1024/",
                "https://hooks.example:65536/",
                "https://hooks.example:/",
                "https://hooks.example/a b",
                "https://hooks.example/é",
                "https://bücher.example/",
                "http://u:p@my_host/",
                "http://my_host:22/",
                "http://a..b/",
                "http://2130706433/",
                "https://hooks.example\\\\@evil.example/",
                "javascript:alert(1)"
            })
    void anEndpointThatIsNoPlainUrlIsRefused(String url) {
        assertThat(FieldErrors.of(() -> SubscriptionRequest.create(
                        body("{\"name\":\"n\",\"endpointUrl\":\"" + url + "\",\"eventTypes\":[\"a\"]}"), GENERATED)))
                .containsExactly("/endpointUrl");
    }

    @Test
    void aBatchHasDefaultsAndNullEndsIt() {
        SubscriptionDraft draft = create(",\"batch\":{\"maxSize\":1000,\"maxWait\":\"0s\"}");
        assertThat(draft.settings().content().batch()).contains(new Batch(1000, Duration.ZERO));
        assertThat(SettingsJson.stored(
                                new JsonObject(new JsonObject(SettingsJson.write(draft.settings())).encode()),
                                draft.settings().target())
                        .content())
                .isEqualTo(draft.settings().content());
        Subscription before = TestSubscription.of(draft, Kind.SUBSCRIPTION, Instant.EPOCH);
        assertThat(change(body("{\"name\":\"x\"}"), before).settings().content().batch())
                .contains(new Batch(1000, Duration.ZERO));
        assertThat(change(body("{\"batch\":{}}"), before).settings().content().batch())
                .contains(Batch.DEFAULT);
        assertThat(change(body("{\"batch\":null}"), before).settings().content().batch())
                .isEmpty();
        assertThat(draft.settings().sameness())
                .isNotEqualTo(create("").settings().sameness());
    }

    @Test
    void aTemplateIsKeptAsItIsWritten() {
        String json = "{\"a\" : 1.10, \"b\":\"{{record.id}}\"}";
        SubscriptionDraft draft = create(",\"transform\":" + json
                + ",\"request\":{\"method\":\"PUT\",\"path\":\"/{{record.id}}\",\"headers\":{\"X-A\":\"b\"}}");

        Map<String, @Nullable Object> stored = SettingsJson.write(draft.settings());
        assertThat(SettingsJson.stored(
                                new JsonObject(new JsonObject(stored).encode()),
                                draft.settings().target())
                        .content())
                .isEqualTo(draft.settings().content());
        assertThat(SettingsJson.show(draft.settings()).get("transform"))
                .isInstanceOfSatisfying(
                        RawValue.class, shown -> assertThat(shown.rawValue()).isEqualTo(json));
        SubscriptionDraft changed = change(body("{\"transform\":null,\"request\":null}"), stored(draft));
        assertThat(changed.settings().content()).isEqualTo(Content.DEFAULT);
        assertThat(changed.settings().sameness()).isNotEqualTo(draft.settings().sameness());
        assertThat(change(body("{}"), stored(draft)).settings().content())
                .isEqualTo(draft.settings().content());
    }

    private static SubscriptionDraft create(String more) {
        return SubscriptionRequest.create(
                body("{\"name\":\"n\",\"endpointUrl\":\"https://hooks.example/x\",\"eventTypes\":[\"a.*\"]" + more
                        + "}"),
                GENERATED);
    }

    private static Subscription stored(SubscriptionDraft draft) {
        return TestSubscription.of(draft, Kind.SUBSCRIPTION, Instant.EPOCH);
    }

    private static SubscriptionDraft change(JsonBody body, Subscription before) {
        return SubscriptionRequest.change(body, before, GENERATED);
    }

    private static WebhookSettings webhook(SubscriptionDraft draft) {
        return (WebhookSettings) draft.settings().target();
    }

    private static JsonBody body(String json) {
        return JsonBody.parse(json.getBytes(StandardCharsets.UTF_8));
    }
}
