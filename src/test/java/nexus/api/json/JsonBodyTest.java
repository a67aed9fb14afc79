package nexus.api.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import nexus.refusal.Refusal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonBodyTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "  ",
                "{",
                "{\"a\":}",
                "{\"a\":1,}",
                "{a:1}",
                "{'a':1}",
                "{\"a\":01}",
                "{\"a\":NaN}",
                "{\"a\":1} x",
                "{\"a\":1}{}",
                "{\"a\":\"\n\"}",
                "{\"a\":\"\\x\"}",
                "// no\n{}",
                "{\"a\":{\"b\":[tru]}}"
            })
    void whatIsNoJsonIsMalformed(String text) {
        assertThatExceptionOfType(Refusal.Malformed.class).isThrownBy(() -> body(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{\"a\":1,\"a\":1}", "{\"a\":{\"b\":1,\"c\":[],\"b\":2}}", "{\"x\":[{\"a\":1,\"\\u0061\":2}]}"})
    void aKeyTwiceInOneObjectIsMalformed(String text) {
        assertThatExceptionOfType(Refusal.Malformed.class)
                .isThrownBy(() -> body(text))
                .withMessageContaining("same key twice");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "1", "\"a\"", "null", "true"})
    void jsonThatIsNoObjectIsInvalid(String text) {
        assertThatExceptionOfType(Refusal.Invalid.class).isThrownBy(() -> body(text));
    }

    @Test
    void otherEncodingsAreMalformed() {
        assertThatExceptionOfType(Refusal.Malformed.class)
                .isThrownBy(() -> JsonBody.parse("{\"a\":\"é\"}".getBytes(StandardCharsets.ISO_8859_1)));
        assertThatExceptionOfType(Refusal.Malformed.class)
                .isThrownBy(() -> JsonBody.parse("{\"a\":1}".getBytes(StandardCharsets.UTF_16LE)));
    }

    @Test
    void aBodyOfMoreThanOneMebibyteIsTooLarge() {
        assertThatExceptionOfType(Refusal.TooLarge.class)
                .isThrownBy(() -> body("{\"a\":\"" + "x".repeat(1 << 20) + "\"}"));
    }

    @Test
    void nestingNumbersAndNamesHaveBoundsAndTheAnswerNamesThem() {
        assertThatExceptionOfType(Refusal.Invalid.class)
                .isThrownBy(() -> body("{\"a\":" + "[".repeat(200) + "]".repeat(200) + "}"))
                .withMessageContaining("must not nest deeper than 100");
        assertThatExceptionOfType(Refusal.Invalid.class).isThrownBy(() -> body("{\"a\":" + "9".repeat(2_000) + "}"));
        assertThatExceptionOfType(Refusal.Invalid.class).isThrownBy(() -> body("{\"" + "n".repeat(20_000) + "\":1}"));
    }

    @Test
    void anObjectIsTakenDigitForDigitAndBlankForBlank() {
        String data =
                "{ \"n\": 1.0000000000000000000001e+400,\t\"é\":\"\\u0000\\ud800}\", \"deep\":{\"a\":[ 1 , -0 ]} }";
        JsonBody body = body(" {\"first\":\"ü😀\", \"data\" : " + data + " ,\"last\":{}} ");
        assertThat(body.rawObject("data")).contains(data);
        assertThat(body.rawObject("last")).contains("{}");
    }

    @Test
    void itemsOfAnArrayAreTakenAsTheyCame() {
        List<JsonBody> items = body("{\"events\":[ {\"a\": 1.50} ,{}]}")
                .objects("events", 0, 9)
                .orElseThrow();
        assertThat(items.getFirst().bytes()).asString().isEqualTo("{\"a\": 1.50}");
        assertThat(items.getFirst().pointerTo("a")).isEqualTo("/events/0/a");
    }

    @Test
    void everythingWrongIsNamedAtOnceByItsPointer() {
        assertThat(errorsOf(
                        "{\"n\":1.5,\"t\":7,\"b\":\"x\",\"o\":[],\"l\":[\"a\",1],\"unknown/~\":1,\"in\":{\"also\":1}}",
                        body -> {
                            body.require("missing");
                            body.integer("n", 1, 5);
                            body.text("t", 10);
                            body.bool("b");
                            body.object("o");
                            body.texts("l", 1, 10, 10, (text, at) -> text);
                            body.object("in");
                        }))
                .containsExactly("/missing", "/n", "/t", "/b", "/o", "/l/1", "/unknown~1~0", "/in/also");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "6", "-1", "1e0", "5.0", "99999999999999999999", "\"3\"", "true"})
    void aWholeNumberOutsideItsRangeOrWrittenOtherwiseIsInvalid(String number) {
        assertThat(errorsOf("{\"n\":" + number + "}", body -> body.integer("n", 1, 5)))
                .containsExactly("/n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\\u0000", "a\\u0000b", "\\ud800", "\\udc00x", "12345678901"})
    void aTextThatADatabaseCannotHoldIsInvalid(String text) {
        assertThat(errorsOf("{\"t\":\"" + text + "\"}", body -> body.text("t", 10)))
                .containsExactly("/t");
    }

    @Test
    void aFieldThatIsNullIsThereButHasNoValue() {
        JsonBody body = body("{\"a\":null}");
        assertThat(body.has("a")).isTrue();
        assertThat(body.isNull("a")).isTrue();
        assertThat(body.text("a", 10)).isEmpty();
        body.check();
    }

    private static JsonBody body(String text) {
        return JsonBody.parse(text.getBytes(StandardCharsets.UTF_8));
    }

    private static List<String> errorsOf(String text, Consumer<JsonBody> reading) {
        JsonBody body = body(text);
        reading.accept(body);
        try {
            body.check();
            return List.of();
        } catch (Refusal.Invalid refusal) {
            return refusal.errors().stream().map(Refusal.FieldError::pointer).toList();
        }
    }

    @Test
    void whatIsDeepInALongBodyIsReadWhenItIsAskedFor() {
        String deep = "{ \"c\":{\"d\" : {\"e\":[{\"f\":\"\\u00e4\", \"n\":1.50}, {}]}}}";
        JsonBody body =
                body("{\"before\":\"" + "\u00e4".repeat(70_000) + "\",\"a\":{\"b\": " + deep + " },\"after\":[1]}");

        JsonBody b = body.object("a").orElseThrow().object("b").orElseThrow();
        assertThat(new String(b.bytes(), StandardCharsets.UTF_8)).isEqualTo(deep);
        JsonBody d = b.object("c").orElseThrow().object("d").orElseThrow();
        List<JsonBody> e = d.objects("e", 2, 2).orElseThrow();
        assertThat(e.getFirst().text("f", 1)).contains("\u00e4");
        assertThat(e.getFirst().names()).containsExactlyInAnyOrder("f", "n");
        assertThat(e.get(1).names()).isEmpty();
        e.get(1).error("x", "is wrong");
        body.has("before");
        body.has("after");
        e.getFirst().has("n");
        assertThatExceptionOfType(Refusal.Invalid.class).isThrownBy(body::check).satisfies(invalid -> assertThat(
                        invalid.errors())
                .containsExactly(new Refusal.FieldError("/a/b/c/d/e/1/x", "is wrong")));
    }
}
