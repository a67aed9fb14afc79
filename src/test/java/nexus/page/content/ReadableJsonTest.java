package nexus.page.content;

import static org.assertj.core.api.Assertions.assertThat;

import nexus.value.JsonValues;
import nexus.value.ValueWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReadableJsonTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "null",
                "\"x\"",
                "9007199254740993",
                "1.10",
                "1e400",
                "{\"a\":[1,{\"b\":[]},{}],\"c\":{\"d\":null},\"\":true}",
                "{\"html\":\"</script><img onerror=alert(1)>\",\"nul\":\"\\u0000\"}"
            })
    void valuesStayAsTheyAre(String json) {
        ReadableJson shown = ReadableJson.of(json);

        assertThat(ValueWriter.text(JsonValues.read(shown.text()))).isEqualTo(json);
        assertThat(shown.isCut()).isFalse();
    }

    @Test
    void hasALineForEachMember() {
        assertThat(ReadableJson.of("{\"a\":1.0,\"b\":[true]}").text()).isEqualTo("""
                {
                  "a": 1.0,
                  "b": [
                    true
                  ]
                }""");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "not json", "{\"a\":", "<html>", "1 2"})
    void otherTextIsShownAsItIs(String text) {
        assertThat(ReadableJson.of(text)).isEqualTo(new ReadableJson(text, 0));
    }

    @Test
    void longTextIsCutBetweenCharacters() {
        String text = "x".repeat(ReadableJson.MOST - 1) + "😀😀";

        ReadableJson shown = ReadableJson.of(text);

        assertThat(shown.text()).isEqualTo("x".repeat(ReadableJson.MOST - 1));
        assertThat(shown.left()).isEqualTo(4);
        assertThat(shown).hasToString("ReadableJson[redacted]");
    }

    @Test
    void deepJsonIsShown() {
        String deep = "[".repeat(400) + "]".repeat(400);

        assertThat(ReadableJson.of(deep).text()).startsWith("[\n");
        assertThat(ReadableJson.of("[".repeat(5_000) + "]".repeat(5_000)).left())
                .isZero();
    }
}
