package nexus.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonValuesTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "null",
                "[1.10,-0,1e400,123456789012345678901234567890]",
                "{\"a\":{\"b\":[true,false,null]},\"c\":\"\\\"\\\\\\n\\u0001é😀\"}",
                "\"\\ud800\"",
                "{\"\":\"\"}",
            })
    void writesWhatItRead(String json) {
        Value value = JsonValues.read(json.getBytes(StandardCharsets.UTF_8));
        assertThat(ValueWriter.text(value)).isEqualTo(json);
        assertThat(JsonValues.read(json)).isEqualTo(value);
    }

    @Test
    void aDeepValueIsRead() {
        String json = "[".repeat(900) + "]".repeat(900);
        assertThat(ValueWriter.text(JsonValues.read(json))).isEqualTo(json);
    }

    @Test
    void theLastOfTwoCounts() {
        assertThat(JsonValues.read("{\"a\":1,\"a\":2}")).isEqualTo(JsonValues.read("{\"a\":2}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "1 2", "tru", "{\"a\"}"})
    void refusesOtherText(String text) {
        assertThatThrownBy(() -> JsonValues.read(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("not JSON");
    }
}
