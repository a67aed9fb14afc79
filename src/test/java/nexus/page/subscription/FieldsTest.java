package nexus.page.subscription;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import nexus.page.subscription.Fields.Change;
import nexus.page.subscription.Fields.Entered;
import nexus.subscription.target.TargetCatalog;
import nexus.target.TargetType;
import nexus.value.JsonValues;
import nexus.value.Value;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class FieldsTest {
    private static final String STORED = """
            {"id":"6f0c1b9e-2f6c-4c1a-8a35-4f0d9a5b7c21","name":"orders","targetType":"WEBHOOK",
             "endpointUrl":"https://a.example/hook","headers":{"X-Token":"***","Accept":"a/b"},
             "auth":{"type":"bearer","token":"***"},"eventTypes":["pg.public.orders.*","order.**"],
             "filter":{"data":{"record":{"total":{"$gte":100.50}}}},"columns":{"exclude":["iban"],"mask":{"email":"hash"}},
             "format":"default","transform":null,"request":null,"batch":null,"ordering":"key","concurrency":32,"rateLimit":null,
             "retry":{"maxAttempts":3,"baseSeconds":null,"cap":null},"deadOn":[400,422],"isEnabled":true}""";

    private final Fields webhook = fields(TargetType.WEBHOOK);

    @Test
    void theFormOfASubscriptionChangesNothing() {
        Value.Fields stored = (Value.Fields) JsonValues.read(STORED);

        assertThat(webhook.changes(webhook.read(webhook.entered(stored)), stored))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /name              | invoices            | {"name":"invoices"}
            /name              | ''                  | {"name":null}
            /eventTypes        | order.**            | {"eventTypes":["order.**"]}
            /filter            | ''                  | {"filter":null}
            /filter            | {"a":1e2}           | {"filter":{"a":1e2}}
            /columns/exclude   | ''                  | {"columns":{"mask":{"email":"hash"}}}
            /rateLimit         | 50                  | {"rateLimit":50}
            /retry/maxAttempts | ''                  | {"retry":null}
            /retry/cap         | 10h                 | {"retry":{"cap":"10h","maxAttempts":3}}
            /deadOn            | '410 , 400'         | {"deadOn":[410,400]}
            /headers           | 'Accept: a/b'       | {"headers":{"Accept":"a/b"}}
            /auth              | ''                  | {"auth":null}
            /secret            | whsec_aaaaaaaa      | {"secret":"whsec_aaaaaaaa"}
            /transform         | {"n":"{{record.id}}"} | {"transform":{"n":"{{record.id}}"}}
            /request/path      | /{{record.id}}      | {"request":{"path":"/{{record.id}}"}}
            /batch/maxSize     | 10                  | {"batch":{"maxSize":10}}
            /format            | standard            | {"format":"standard"}
            """)
    void onlyWhatWasChangedIsSent(String pointer, String text, String patch) {
        Value.Fields stored = (Value.Fields) JsonValues.read(STORED);
        Map<String, List<String>> form = new HashMap<>(webhook.entered(stored));
        form.put(pointer, List.of(text));

        List<Change> changes = webhook.changes(webhook.read(form), stored);

        assertThat(Fields.patch(changes)).isEqualTo(patch);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /filter      | {a            | is not JSON
            /transform   | Order {{a}}   | is not JSON
            /concurrency | many          | must be a whole number
            /concurrency | 1e9           | must be a whole number
            /deadOn      | 400;500       | must be a whole number
            /headers     | no colon      | must have one
            /headers     | ': x'         | must have one
            """)
    void whatCannotBeWrittenIsAMistakeOfItsField(String pointer, String text, String detail) {
        Entered entered = webhook.read(Map.of(pointer, List.of(text)));

        assertThat(entered.mistakes()).singleElement().satisfies(mistake -> {
            assertThat(mistake.pointer()).isEqualTo(pointer);
            assertThat(mistake.detail()).startsWith(detail);
        });
    }

    @Test
    void anEmptyFormIsAnEmptySubscription() {
        assertThat(webhook.read(Map.of()).json()).isEqualTo("{}");
        assertThat(webhook.read(Map.of("/name", List.of("  "))).json()).isEqualTo("{}");
    }

    /** A new field of the catalogue has an input without a change here. */
    @ParameterizedTest
    @EnumSource(TargetType.class)
    void everyFieldOfTheCatalogueHasAnInput(TargetType type) {
        TargetCatalog.Description description = description(type);
        List<String> members =
                fields(type).all().stream().map(Field::member).distinct().toList();

        assertThat(members)
                .containsAll(((Map<?, ?>) requireNonNull(description.schema().get("properties")))
                        .keySet().stream().map(String::valueOf).toList());
        assertThat(description.secrets())
                .allSatisfy(
                        secret -> assertThat(fields(type).all()).anyMatch(field -> secret.startsWith(field.pointer())));
    }

    @Test
    void theFieldsOfAMailAreInputsOfTheirOwn() {
        Entered entered = fields(TargetType.EMAIL)
                .read(Map.of(
                        "/target/to",
                        List.of("a@example.com\r\n b@example.com \r\n"),
                        "/target/subject",
                        List.of("Hi")));

        assertThat(entered.json())
                .isEqualTo("{\"target\":{\"to\":[\"a@example.com\",\"b@example.com\"],\"subject\":\"Hi\"}}");
    }

    @Test
    void aPreviewSendsNoHiddenValue() {
        Value.Fields stored = (Value.Fields) JsonValues.read(STORED);

        String json = PreviewForm.subscription(
                "WEBHOOK", webhook.read(webhook.entered(stored)).members());

        assertThat(json).doesNotContain("***", "headers", "auth").contains("https://a.example/hook");
    }

    private static Fields fields(TargetType type) {
        TargetCatalog.Description description = description(type);
        return Fields.with(TargetInputs.of(Map.of("schema", description.schema())));
    }

    private static TargetCatalog.Description description(TargetType type) {
        return TargetCatalog.all().stream()
                .filter(one -> one.type() == type)
                .findFirst()
                .orElseThrow();
    }
}
