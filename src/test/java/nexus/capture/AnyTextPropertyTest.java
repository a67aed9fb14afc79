package nexus.capture;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import nexus.capture.CapturedTable.JsonColumn;
import nexus.capture.format.ArrayFormat;
import nexus.capture.format.CompositeFormat;
import nexus.capture.format.JsonFormat;
import nexus.capture.format.JsonFormat.Plain;
import nexus.capture.format.KeyValueFormat;
import nexus.capture.format.VectorFormat;
import nexus.capture.json.JsonScanTest;
import nexus.capture.json.JsonText;
import nexus.capture.json.JsonWriter;
import nexus.pgoutput.PgOutputDecoder;
import nexus.pgoutput.PgOutputMessage.Insert;
import nexus.pgoutput.TupleData;
import nexus.testkit.PgOutputBytes;

/** Whatever the text and whatever the catalog says of its type: a column is one JSON value with each name once. */
class AnyTextPropertyTest {

    @Property(tries = 3000)
    void anyTextInAnyFormatIsOneJsonValue(@ForAll("formats") JsonFormat format, @ForAll("texts") byte[] text) {
        assertIsOneValue(format, text);
    }

    @Property(tries = 500)
    void anyBytesInAnyFormatAreOneJsonValue(@ForAll("formats") JsonFormat format, @ForAll byte[] text) {
        assertIsOneValue(format, withoutZero(text));
    }

    private static void assertIsOneValue(JsonFormat format, byte[] text) {
        JsonWriter out = new JsonWriter(1 << 20);
        new JsonColumn(JsonText.string("c"), JsonText.member("c"), format, false, false).write(row(text), 0, out);
        byte[] json = out.toBytes();
        assertThat(JsonScanTest.strictlyParsed(json))
                .as(
                        "%s of %s is %s",
                        format, new String(text, StandardCharsets.UTF_8), new String(json, StandardCharsets.UTF_8))
                .isTrue();
    }

    private static TupleData row(byte[] text) {
        return ((Insert) PgOutputDecoder.decode(PgOutputBytes.message('I')
                        .int32(1)
                        .row('N', (Object) text)
                        .buffer()))
                .after();
    }

    private static byte[] withoutZero(byte[] text) {
        byte[] other = text.clone();
        for (int i = 0; i < other.length; i++) {
            other[i] = other[i] == 0 ? (byte) 0xff : other[i];
        }
        return other;
    }

    @Provide
    static Arbitrary<JsonFormat> formats() {
        return formats(3);
    }

    private static Arbitrary<JsonFormat> formats(int levels) {
        Arbitrary<JsonFormat> plain = Arbitraries.of(Plain.values()).map(each -> each);
        if (levels == 0) {
            return plain;
        }
        Arbitrary<JsonFormat> inner = Arbitraries.lazy(() -> formats(levels - 1));
        Arbitrary<JsonFormat> arrays =
                Combinators.combine(inner, Arbitraries.of(',', ';', '"', '{')).as(ArrayFormat::new);
        Arbitrary<JsonFormat> composites =
                inner.list().ofMaxSize(3).map(formats -> new CompositeFormat(names(formats.size()), formats));
        return Arbitraries.oneOf(
                plain,
                arrays,
                composites,
                inner.map(VectorFormat::new),
                Arbitraries.of(new KeyValueFormat()),
                Arbitraries.of(new JsonFormat.AsText("not known")));
    }

    private static List<String> names(int count) {
        return new ArrayList<>(List.of("a", "a\"\\\n", "a").subList(0, count));
    }

    /** Pieces of every format, so that some are nearly right. */
    @Provide
    static Arbitrary<byte[]> texts() {
        return Arbitraries.of(
                        "(",
                        ")",
                        "{",
                        "}",
                        "[",
                        "]",
                        ",",
                        ";",
                        ":",
                        "\"",
                        "\\",
                        "\"\"",
                        "\\\"",
                        "=>",
                        ", ",
                        "\"a\"=>\"b\"",
                        "\"a\"=>NULL",
                        "NULL",
                        "null",
                        "{\"a\":1,\"a\":2}",
                        "\"{\"\"a\"\":1}\"",
                        "1",
                        "-0",
                        "01",
                        "1e5",
                        "NaN",
                        "-Infinity",
                        "infinity",
                        "t",
                        "f",
                        "2026-01-31 18:20:43.4+00",
                        "2026-01-31 18:20:43",
                        " BC",
                        "+",
                        " ",
                        "\n",
                        "\u0001",
                        "é",
                        "\ud83d\ude00",
                        "x",
                        "[0:1]=",
                        "}},\"type\":\"forged\"")
                .list()
                .ofMaxSize(10)
                .map(parts -> String.join("", parts).getBytes(StandardCharsets.UTF_8));
    }
}
