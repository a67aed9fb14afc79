package nexus.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import nexus.value.JsonValues;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FormatsTest {
    @ParameterizedTest
    @CsvSource({"0, 0", "999, 999", "12408, 12_408", "-1234567, -1_234_567", "9007199254740993, 9_007_199_254_740_993"})
    void countsAreGrouped(String number, String text) {
        assertThat(Formats.count(new BigDecimal(number))).isEqualTo(text.replace('_', '\u202f'));
    }

    @ParameterizedTest
    @CsvSource({"0, 0 B", "1023, 1023 B", "1536, 1.5 KiB", "1503238553, 1.4 GiB"})
    void sizesHaveTheirUnit(String number, String text) {
        assertThat(Formats.bytes(new BigDecimal(number))).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "0.4, 0.4 s",
        "59, 59 s",
        "2460, 41 min",
        "3600, 1 h",
        "5400, 1 h 30 min",
        "68400, 19 h",
        "187200, 2 d 4 h"
    })
    void durationsAreShort(String number, String text) {
        assertThat(Formats.seconds(new BigDecimal(number))).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"1, 100 %", "0.99999, 99.99 %", "0.5, 50 %", "0, 0 %"})
    void aShareIsWholeOnlyWhenNothingIsMissing(String number, String text) {
        assertThat(Formats.percent(new BigDecimal(number))).isEqualTo(text);
    }

    @Test
    void numbersKeepTheirDigits() {
        String json = "{\"a\":9007199254740993,\"b\":1.10,\"c\":1e400,\"d\":[],\"e\":{\"f\":[1,-0]}}";

        assertThat(PlainJson.pretty(JsonValues.read(json)).replaceAll("\\s", ""))
                .isEqualTo(json);
        assertThat(new ApiAnswer(200, json).json())
                .hasToString("{a=9007199254740993, b=1.10, c=1e400, d=[], e={f=[1, 0]}}");
    }
}
