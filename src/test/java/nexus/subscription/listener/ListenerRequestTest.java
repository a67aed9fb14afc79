package nexus.subscription.listener;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import nexus.api.json.JsonBody;
import nexus.event.TypePattern;
import nexus.subscription.Kind;
import nexus.subscription.Subscription;
import nexus.subscription.SubscriptionDraft;
import nexus.subscription.secret.SigningSecret;
import nexus.testkit.FieldErrors;
import nexus.testkit.TestSubscription;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListenerRequestTest {
    private static final SigningSecret GENERATED = new SigningSecret("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "users                    | pg.public.users.insert            | users",
                "Users                    | pg.public.Users.insert            | Users",
                "public.users             | pg.public.users.insert            | users",
                "sales.orders             | pg.sales.orders.insert            | sales.orders",
                "\"Sales\".\"Or.ders\"    | pg.Sales.Or%2Eders.insert         | Sales.\"Or.ders\"",
                "\"a\"\"b\"               | pg.public.a%22b.insert            | \"a\"\"b\"",
                "bestell nr               | pg.public.bestell%20nr.insert     | bestell nr",
                "größe                    | pg.public.gr%C3%B6%C3%9Fe.insert  | größe"
            })
    void aListenerNamesATableInTheCatalogsSpelling(String table, String type, String shown) {
        SubscriptionDraft draft = ListenerRequest.read(
                body(
                        "{\"name\":\"n\",\"source_table\":\"" + table.replace("\"", "\\\"")
                                + "\",\"event\":\"INSERT\",\"target_url\":\"https://hooks.example\",\"target_type\":\"Webhook\"}"),
                GENERATED);
        assertThat(draft.settings().selection().patterns()).containsExactly(new TypePattern(type));
        assertThat(ListenerView.of(stored(draft), true).sourceTable()).isEqualTo(shown);
        assertThat(ListenerView.of(stored(draft), true).event()).isEqualTo("INSERT");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {".", ".a", "a.", "a.b.c", "a..b", "\\\"a", "a\\\"b", "\\\"a\\\"b", "\\\"\\\"", "nexus.event"})
    void aListenerOnWhatIsNoTableIsRefused(String table) {
        assertThat(FieldErrors.of(() -> ListenerRequest.read(
                        body("{\"name\":\"n\",\"source_table\":\"" + table
                                + "\",\"event\":\"INSERT\",\"target_url\":\"https://hooks.example\"}"),
                        GENERATED)))
                .containsExactly("/source_table");
    }

    @Test
    void aListenersErrorsNameItsOwnFields() {
        assertThat(FieldErrors.of(() -> ListenerRequest.read(
                        body("{\"event\":\"insert\",\"target_url\":\"x\",\"target_type\":\"fax\",\"table\":\"t\"}"),
                        GENERATED)))
                .containsExactly("/name", "/source_table", "/event", "/target_url", "/target_type", "/table");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"WEBHOOK\"", "\"webhook\"", "\"WebHook\"", "null"})
    void aTargetTypeIsTakenInAnyCaseAndShownInUpperCase(String type) {
        Subscription listener = stored(ListenerRequest.read(
                body("{\"name\":\"n\",\"source_table\":\"t\",\"event\":\"INSERT\",\"target_url\":"
                        + "\"https://hooks.example\",\"target_type\":" + type + "}"),
                GENERATED));
        assertThat(ListenerView.of(listener, true).targetType()).isEqualTo("WEBHOOK");
    }

    private static Subscription stored(SubscriptionDraft draft) {
        return TestSubscription.of(draft, Kind.LISTENER, Instant.EPOCH);
    }

    private static JsonBody body(String json) {
        return JsonBody.parse(json.getBytes(StandardCharsets.UTF_8));
    }
}
