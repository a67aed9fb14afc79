package nexus.capture.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import nexus.capture.format.JsonFormat.Plain;
import nexus.capture.json.JsonWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What PostgreSQL never writes but a changed type may make of it; the rest is JsonFormatPostgresTest's. */
class JsonFormatTest {
    private static final JsonFormat NUMBERS = new ArrayFormat(Plain.NUMBER, ',');
    private static final JsonFormat PAIR = new CompositeFormat(List.of("a", "b"), List.of(Plain.NUMBER, Plain.STRING));

    static Stream<Arguments> misfits() {
        return Stream.of(
                        Stream.of("", "1", "{", "{1", "}", "{1}}", "{1}x", "[0:1]", "[", "{\"", "{\"\\", "{{1}")
                                .map(text -> Arguments.of(NUMBERS, text)),
                        Stream.of(
                                        "",
                                        "(",
                                        ")",
                                        "()",
                                        "(1)",
                                        "(1,2,3)",
                                        "(1,2",
                                        "1,2)",
                                        "(\"1,2)",
                                        "(1,\"2\\)",
                                        "(\"1\"x,2)")
                                .map(text -> Arguments.of(PAIR, text)),
                        Stream.of("a", "\"a\"", "\"a\"=>", "\"a\"=>NUL", "\"a\"=>\"b", "\"a\"=>\"b\";", "\"a\"=\"b\"")
                                .map(text -> Arguments.of(new KeyValueFormat(), text)))
                .flatMap(each -> each);
    }

    @ParameterizedTest
    @MethodSource("misfits")
    void aTextOfAnotherShapeIsAMisfit(JsonFormat format, String text) {
        assertThatThrownBy(() -> json(format, text)).isInstanceOf(MisfitException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-x", "12 abc", "NaN"})
    void whatIsNoNumberIsAString(String text) {
        assertThat(json(Plain.NUMBER, text)).isEqualTo('"' + text + '"');
    }

    @ParameterizedTest
    @ValueSource(strings = {"2026-01-31 18:20:43+02:30", "2026-01-31 18:20:43-00:19:32 BC"})
    void anotherZoneKeepsItsMinutes(String text) {
        assertThat(json(Plain.TIMESTAMP_WITH_ZONE, text)).isEqualTo('"' + text.replaceFirst(" ", "T") + '"');
    }

    @Test
    void aWriterNeverHoldsMoreThanItsLimit() {
        JsonWriter writer = new JsonWriter(1000);
        byte[] text = "x".repeat(997).getBytes(StandardCharsets.UTF_8);
        writer.string(text, 0, text.length);
        writer.put(',');
        assertThat(writer.toBytes()).hasSize(1000);
        assertThatThrownBy(() -> writer.put(',')).isInstanceOf(JsonWriter.FullException.class);
    }

    private static String json(JsonFormat format, String text) {
        JsonWriter out = new JsonWriter(1 << 16);
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        format.write(utf8, 0, utf8.length, out);
        return new String(out.toBytes(), StandardCharsets.UTF_8);
    }
}
