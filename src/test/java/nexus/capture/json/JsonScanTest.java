package nexus.capture.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

public class JsonScanTest {
    /** As strict as the receivers' strictest. */
    private static final JsonFactory STRICT = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(1000)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private final JsonScan scan = new JsonScan();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "-0",
                "-0.0e-0",
                "1E+5",
                "12345678901234567890.000",
                "true",
                " null ",
                "\t\"\"\r\n",
                "\"\\u0000\\ud800 \\/\u2028\ud83d\ude00\"",
                "[]",
                "{}",
                "[{}, [ ], {\"a\": [1,2 , {\"a\":null}]}]",
                "{\"\":1,\" \":2}",
                "{\"a\":1,\"A\":2,\"\\u00e4\":3}"
            })
    void oneValueStaysAsItIs(String json) {
        assertThat(written(json)).isEqualTo(json);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "1 2",
                "{}{}",
                "1,",
                "01",
                "+1",
                "-",
                "--1",
                ".5",
                "1.",
                "1e",
                "1e+",
                "0x1",
                "1_000",
                "NaN",
                "Infinity",
                "-Infinity",
                "True",
                "tru",
                "nulll",
                "'a'",
                "\"",
                "\"\\\"",
                "\"\\x\"",
                "\"\\u12g4\"",
                "\"\\u123",
                "\"a\nb\"",
                "\"a\u0000b\"",
                "\u0000",
                "[",
                "]",
                "[1",
                "[1,]",
                "[,1]",
                "[1 2]",
                "[1}",
                "{",
                "}",
                "{]",
                "{\"a\"}",
                "{\"a\":}",
                "{\"a\":1,}",
                "{,\"a\":1}",
                "{\"a\" 1}",
                "{\"a\":1 \"b\":2}",
                "{a:1}",
                "{1:1}",
                "{null:1}",
                "/**/1",
                "1//",
                "\ufeff1",
                "\u00a01",
                "\u000b1",
                "\u000c1",
                "1}},\"type\":\"forged\",\"x\":{\"y\":{\"z\":1"
            })
    void whatIsNotOneValueIsRefused(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        assertThat(scan.refused(utf8, 0, utf8.length)).isEqualTo(JsonScan.NO_VALUE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ff",
                "80",
                "c0af",
                "c2",
                "e08080",
                "eda080",
                "e282",
                "f0808080",
                "f4908080",
                "f5808080",
                "e28228"
            })
    void whatIsNotUtf8IsRefused(String hex) {
        byte[] text = HexFormat.of().parseHex("22" + hex + "22");
        assertThat(scan.refused(text, 0, text.length)).isEqualTo(JsonScan.NO_VALUE);
        byte[] open = HexFormat.of().parseHex("22" + hex);
        assertThat(scan.refused(open, 0, open.length)).isEqualTo(JsonScan.NO_VALUE);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"a":1,"a":2}                          | {"a":2}
            {"a":1, "b":2 , "a" :3}                | {"b":2 , "a" :3}
            {"a":1,"a":2,"a":3}                    | {"a":3}
            {"a":1,"\\u0061":2}                    | {"\\u0061":2}
            {"\\ud83d\\ude00":1,"😀":2}            | {"😀":2}
            {"\\n\\"\\/":1,"\\u000a\\u0022/":2}    | {"\\u000a\\u0022/":2}
            {"\\ud800":1,"\\ud801":2}              | {"\\ud800":1,"\\ud801":2}
            {"a":{"b":1,"b":2},"a":[{"c":1,"c":2}]} | {"a":[{"c":2}]}
            {"a":{"b":1,"b":2},"c":{"b":3,"b":4}}  | {"a":{"b":2},"c":{"b":4}}
            [{"a":1},{"a":2}]                      | [{"a":1},{"a":2}]
            {"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1,"h":1,"i":1,"a":2,"i":3,"a":4} | {"b":1,"c":1,"d":1,"e":1,"f":1,"g":1,"h":1,"i":3,"a":4}
            """)
    void ofANameThatComesAgainTheLastValueCounts(String json, String expected) {
        assertThat(written(json)).isEqualTo(expected);
    }

    @Test
    void depthIsBoundedWithoutAStack() {
        assertThat(refused("[".repeat(500) + "]".repeat(500))).isNull();
        assertThat(refused("{\"a\":".repeat(500) + "1" + "}".repeat(500))).isNull();
        assertThat(refused("[".repeat(501) + "]".repeat(501))).isEqualTo(JsonScan.TOO_DEEP);
        assertThat(refused("[".repeat(1_000_000))).isEqualTo(JsonScan.TOO_DEEP);
    }

    @Test
    void manyNamesTakeOnePass() {
        StringBuilder json = new StringBuilder("{");
        for (int i = 0; i < 200_000; i++) {
            json.append("\"\\u00")
                    .append(i % 2 == 0 ? "61" : "62")
                    .append(i / 2)
                    .append("\":")
                    .append(i)
                    .append(',');
        }
        String members = json.toString();
        String twice = members + members.substring(1, members.length() - 1) + '}';
        String once = members.substring(0, members.length() - 1) + '}';
        assertThat(written(once)).isEqualTo(once);
        assertThat(written(twice)).isEqualTo(once);
        assertThat(written("[1]")).isEqualTo("[1]");
    }

    @Property(tries = 2000)
    void itTakesWhatAStrictParserTakes(@ForAll("nearlyJson") String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        JsonScan fresh = new JsonScan();
        boolean isTaken = fresh.refused(utf8, 0, utf8.length) == null;
        JsonWriter out = new JsonWriter(1 << 20);
        out.value(utf8, 0, utf8.length);
        assertThat(strictlyParsed(out.toBytes())).isTrue();
        assertThat(isTaken && !fresh.hasNameTwice()).isEqualTo(strictlyParsed(utf8));
    }

    @Provide
    static Arbitrary<String> nearlyJson() {
        return Arbitraries.of(
                        "{",
                        "}",
                        "[",
                        "]",
                        ",",
                        ":",
                        "\"a\"",
                        "\"a\":",
                        "\"\\u0061\":",
                        "\"b\":",
                        "1",
                        "0",
                        "-",
                        ".",
                        "e",
                        "+",
                        " ",
                        "true",
                        "null",
                        "\"",
                        "\\",
                        "\\\"",
                        "\\ud83d",
                        "x",
                        "\u0001",
                        "é",
                        "\"\\ud800\":",
                        "{\"a\":{}}")
                .list()
                .ofMaxSize(14)
                .map(parts -> String.join("", parts));
    }

    public static boolean strictlyParsed(byte[] text) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text));
        } catch (CharacterCodingException e) {
            return false;
        }
        try (JsonParser parser = STRICT.createParser(new String(text, StandardCharsets.UTF_8))) {
            if (parser.nextToken() == null) {
                return false;
            }
            parser.skipChildren();
            parser.getText();
            return parser.nextToken() == null;
        } catch (IOException e) {
            return false;
        }
    }

    private @Nullable String refused(String json) {
        byte[] utf8 = json.getBytes(StandardCharsets.UTF_8);
        return scan.refused(utf8, 0, utf8.length);
    }

    private String written(String json) {
        assertThat(refused(json)).isNull();
        JsonWriter out = new JsonWriter(1 << 26);
        scan.write(out);
        return new String(out.toBytes(), StandardCharsets.UTF_8);
    }
}
