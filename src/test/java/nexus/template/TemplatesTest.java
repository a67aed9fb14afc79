package nexus.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nexus.refusal.Refusal;
import nexus.value.JsonValues;
import nexus.value.Value;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TemplatesTest {
    private static final Value.Fields UPDATE = (Value.Fields) JsonValues.read("""
            {"id":"e1","type":"pg.public.orders.update","createdAt":"2026-01-31T18:20:43.400Z",
             "data":{"type":"UPDATE","schema":"public","table":"orders",
              "record":{"id":17,"status":"paid","total":9007199254740993.10,"tags":["x","y"],"none":null,"quote":"a\\"b\\n","slug":"a/../b?c#d\\r\\nX: y","dots":"..","empty":""},
              "old_record":{"id":17,"status":"new"},"changed":["status"],"unavailable":["document"]},
             "metadata":{"source":"default"}}
            """);

    private final Templates templates = new Templates();

    private String body(String json) {
        return switch (templates.body(Template.read(json, "/transform"), UPDATE)) {
            case Rendered.Made<byte[]>(byte[] made) -> new String(made, StandardCharsets.UTF_8);
            case Rendered.Failed<byte[]>(String message) -> "failed: " + message;
        };
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '¦',
            quoteCharacter = '`',
            value = {
                "{\"a\":\"{{record.total}}\"} ¦ {\"a\":9007199254740993.10}",
                "{\"a\": 1.10, \"b\": [true, null, 1e400]} ¦ {\"a\":1.10,\"b\":[true,null,1e400]}",
                "{\"text\":\"Order {{record.id}} is {{record.status}}\"} ¦ {\"text\":\"Order 17 is paid\"}",
                "{\"tags\":\"{{record.tags.filter(t, t != 'x')}}\"} ¦ {\"tags\":[\"y\"]}",
                "\"{{record.quote}}\" ¦ \"a\\\"b\\n\"",
                "\"[{{record.quote}}]\" ¦ \"[a\\\"b\\n]\"",
                "\"{{record.none}}|{{record.none}}\" ¦ \"|\"",
                "\"{{ record.none }}\" ¦ null",
                "\" {{record.total}}\" ¦ \" 9007199254740993.10\"",
                "\"x {{record.tags}} {{old}}\" ¦ \"x [\\\"x\\\",\\\"y\\\"] {\\\"id\\\":17,\\\"status\\\":\\\"new\\\"}\"",
                "\"{{ {'a': {'b': record.id}} }}\" ¦ {\"a\":{\"b\":17}}",
                "\"{{ {'a': {'b': '}}'}}}}\" ¦ {\"a\":{\"b\":\"}}\"}}",
                "\"{{'{{'}}x\" ¦ \"{{x\"",
                "\"a } }} b\" ¦ \"a } }} b\"",
                "{\"{{record.status}}_{{record.id}}\":1} ¦ {\"paid_17\":1}",
                "{\"{{record.status}}\":1,\"paid\":2} ¦ failed: an object of the result has one name twice",
                "[\"{{type}}\",\"{{id}}\",\"{{createdAt}}\",\"{{metadata.source}}\",\"{{changed}}\"] ¦ [\"pg.public.orders.update\",\"e1\",\"2026-01-31T18:20:43.400Z\",\"default\",[\"status\"]]",
                "\"{{record.document}}\" ¦ failed: /transform {{record.document}}: the event does not carry the value of record.document: the column is unchanged and large, or it is not published",
                "\"{{data.record.document}}\" ¦ failed: /transform {{data.record.document}}: the event does not carry the value of data.record.document: the column is unchanged and large, or it is not published",
                "{\"a\":{\"b/c\":\"{{record.missing}}\"}} ¦ failed: /transform/a/b~1c {{record.missing}}: there is no record.missing",
                "\"{{has(record.document) ? 1 : 2}}\" ¦ 2",
            })
    void aTemplateGivesJson(String template, String json) {
        assertThat(body(template)).isEqualTo(json);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '¦',
            quoteCharacter = '`',
            value = {
                "\"{{record.x\" ¦ /transform ¦ is wrong at line 1, column 1: {{ has no }}",
                "{\"a\":[0,\"x {{ }}\"]} ¦ /transform/a/1 ¦ is wrong at line 1, column 5: there is no expression between {{ and }}",
                "{\"a\":\"line\\nx{{recrod.id}}\"} ¦ /transform/a ¦ is wrong at line 2, column 4: there is no variable recrod",
                "{\"a\":\"{{1 +}}\"} ¦ /transform/a ¦ is wrong at line 1, column 6: mismatched input '<EOF>'",
            })
    void aMistakeHasPointerAndPosition(String template, String pointer, String detail) {
        assertThatThrownBy(() -> Template.read(template, "/transform"))
                .isInstanceOfSatisfying(Refusal.Invalid.class, refusal -> assertThat(refusal.errors())
                        .containsExactly(new Refusal.FieldError(pointer, detail)));
    }

    @Test
    void aTemplateHasLimits() {
        assertThatThrownBy(() -> Template.read("\"" + "x".repeat(16 * 1024) + "\"", "/transform"))
                .hasMessageContaining("16 KiB");
        Template.read("[" + "\"{{1}}\",".repeat(99) + "\"{{1}}\"]", "/transform");
        assertThatThrownBy(() -> Template.read("[" + "\"{{1}}\",".repeat(100) + "\"{{1}}\"]", "/transform"))
                .hasMessageContaining("100 expressions");
        assertThatThrownBy(() -> Template.read("[" + "\"{{n}}\",".repeat(1_000) + "1]", "/transform"))
                .isInstanceOf(Refusal.Invalid.class);
    }

    @Test
    void aResultIsLimited() {
        Value.Fields large = Value.Fields.of(Map.of(
                "id", Value.NULL,
                "type", Value.NULL,
                "createdAt", Value.NULL,
                "metadata", Value.NULL,
                "data",
                        Value.Fields.of(Map.of(
                                "s", new Value.Text("ä".repeat(140_000)), "t", new Value.Text("a".repeat(200_000))))));
        for (String template : List.of(
                "\"{{data.s}}\"", "[\"{{data.t}}\",\"{{data.t}}\"]", "\"{{data.t}}{{data.t}}\"", "\"{{data}}\"")) {
            assertThat(templates.body(Template.read(template, ""), large))
                    .isInstanceOfSatisfying(
                            Rendered.Failed.class, failed -> assertThat(String.valueOf(failed.message()))
                                    .contains("longer than 256 KiB"));
        }
    }

    @Test
    void loopStepsCountOverAllExpressions() {
        Value.Fields event = Value.Fields.of(Map.of(
                "id",
                Value.NULL,
                "type",
                Value.NULL,
                "createdAt",
                Value.NULL,
                "metadata",
                Value.NULL,
                "data",
                JsonValues.read("{\"l\":[" + "1,".repeat(999) + "1]}")));
        assertThat(templates.body(Template.read("\"{{data.l.map(x, x + 1).size()}}\"", ""), event))
                .isInstanceOfSatisfying(Rendered.Made.class, made -> assertThat((byte[]) made.value())
                        .asString(StandardCharsets.UTF_8)
                        .isEqualTo("1000"));
        assertThat(templates.body(Template.read("[\"{{data.l.map(x, x).size()}}\",\"{{[1].map(x, x)}}\"]", ""), event))
                .isInstanceOfSatisfying(Rendered.Failed.class, failed -> assertThat(failed.message())
                        .isEqualTo("/transform/1 {{[1].map(x, x)}}: it takes more than 1000 loop steps"));
    }

    @Test
    void columnsAreThoseThatMustBeThere() {
        assertThat(Template.read(
                                "{\"a\":\"{{record.total + data.record.tax}}\",\"b\":\"{{has(record.c) ? old.d : record.?e}}\","
                                        + "\"f\":\"{{record.items.map(i, i.price)}}\"}",
                                "")
                        .columns())
                .containsExactly("d", "items", "tax", "total");
    }

    private static RequestTemplate request(
            @Nullable String method, @Nullable String path, Map<String, String> headers) {
        return new RequestTemplate(Optional.ofNullable(method), Optional.ofNullable(path), headers).checked("/request");
    }

    private String request(RequestTemplate template) {
        return switch (templates.request(template, UPDATE)) {
            case Rendered.Made<RequestParts>(RequestParts made) ->
                made.method() + " " + made.path() + (made.headers().isEmpty() ? "" : " " + made.headers());
            case Rendered.Failed<RequestParts>(String message) -> "failed: " + message;
        };
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '¦',
            quoteCharacter = '`',
            value = {
                "PUT ¦ /orders/{{record.id}} ¦ PUT /orders/17",
                "{{data.type == 'DELETE' ? 'DELETE' : 'PATCH'}} ¦ orders/{{record.id}} ¦ PATCH /orders/17",
                "POST ¦ /x/{{record.slug}}?q={{record.slug}}&r={{record.empty}} ¦ POST /x/a%2F..%2Fb%3Fc%23d%0D%0AX%3A%20y?q=a%2F..%2Fb%3Fc%23d%0D%0AX%3A%20y&r=",
                "POST ¦ ?id={{record.id}} ¦ POST ?id=17",
                "POST ¦ /x/{{record.dots}} ¦ failed: /request/path must not have the segment . or ..",
                "POST ¦ /x/.{{'.'}} ¦ failed: /request/path must not have the segment . or ..",
                "POST ¦ /x/{{record.dots}}.json ¦ POST /x/...json",
                "POST ¦ /x/{{record.empty}} ¦ failed: /request/path {{record.empty}}: the value is empty",
                "POST ¦ /x/{{record.none}} ¦ failed: /request/path {{record.none}}: the value is empty",
                "POST ¦ /x/{{record.tags}} ¦ failed: /request/path {{record.tags}}: a list or an object has no place in a path",
                "{{record.status}} ¦ /x ¦ failed: /request/method must be POST, PUT, PATCH or DELETE",
            })
    void aRequestStaysOnItsPath(String method, String path, String expected) {
        assertThat(request(request(method, path, Map.of()))).isEqualTo(expected);
    }

    @Test
    void aHeaderHasOneLineOfAscii() {
        assertThat(request(request(null, null, Map.of("X-Status", "is {{record.status}} {{record.none}}"))))
                .isEqualTo("POST  {X-Status=is paid}");
        assertThat(request(request(null, null, Map.of("X-None", "{{record.none}}"))))
                .isEqualTo("POST ");
        assertThat(request(request(null, null, Map.of("X-Slug", "{{record.slug}}"))))
                .startsWith("failed: /request/headers/X-Slug must be printable ASCII");
        assertThatThrownBy(() -> request(null, null, Map.of("X-A", "a\r\nb"))).isInstanceOf(Refusal.Invalid.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a/../b", "/a/%2e%2E/b", "/a//b", "//a", "/a b", "/ä", "/a#b", "/a\\b", "/%zz", "/x\r\ny"})
    void aPathIsCheckedWhenItIsSaved(String path) {
        assertThatThrownBy(() -> request(null, path, Map.of())).isInstanceOf(Refusal.Invalid.class);
    }

    @Test
    void aMethodIsCheckedWhenItIsSaved() {
        assertThatThrownBy(() -> request("GET", null, Map.of())).hasMessageContaining("POST, PUT, PATCH or DELETE");
    }

    /** Templates beyond the bound are compiled again when they are needed. */
    @Test
    void compiledTemplatesTakeBoundedMemory() {
        Templates small = new Templates(100_000);
        List<Template> all = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            all.add(Template.read("{\"n\":\"{{record.id + " + i + "}}\"}", ""));
        }
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < all.size(); i++) {
                assertThat(small.body(all.get(i), UPDATE))
                        .isInstanceOfSatisfying(Rendered.Made.class, made -> assertThat((byte[]) made.value())
                                .isNotEmpty());
                assertThat(small.weight()).isLessThanOrEqualTo(100_000);
            }
        }
    }
}
