package nexus.capture.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import nexus.capture.json.JsonWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnnotationsTest {
    private static Annotations with(Annotations before, String json) throws RefusedMessageException {
        return before.with(ByteBuffer.wrap(json.getBytes(StandardCharsets.UTF_8)));
    }

    private static String written(Annotations annotations) {
        JsonWriter out = new JsonWriter(Integer.MAX_VALUE);
        annotations.write(out);
        return new String(out.toBytes(), StandardCharsets.UTF_8);
    }

    @Test
    void everyKindOfValueIsKeptAsItCame() throws RefusedMessageException {
        assertThat(
                        written(
                                with(
                                        Annotations.NONE,
                                        "{ \"t\" : \"a\\n\\\"ü\" , \"n\":-1.50E+3,\"b\":true ,\"z\":null,\"o\":{ \"x\": [] },\"a\\\"\\n\":[1 ,2]}")))
                .isEqualTo(",\"t\":\"a\\n\\\"ü\",\"n\":-1.50E+3,\"b\":true,\"z\":null,\"o\":{ \"x\": [] },"
                        + "\"a\\\"\\n\":[1 ,2]");
    }

    @Test
    void theLaterCallWinsNameByNameAndLeavesTheEarlierOneAlone() throws RefusedMessageException {
        Annotations first = with(Annotations.NONE, "{\"a\":1,\"b\":2}");
        Annotations second = with(first, "{\"b\":3,\"c\":4}");
        assertThat(written(second)).isEqualTo(",\"a\":1,\"b\":3,\"c\":4");
        assertThat(written(first)).isEqualTo(",\"a\":1,\"b\":2");
        assertThat(with(second, "{\"c\":4}")).isSameAs(second);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "source",
                "database",
                "lsn",
                "ordinal",
                "xid",
                "committedAt",
                "partition",
                "undecoded",
                "\\u006csn"
            })
    void whatNexusSaysItselfIsNotOverridden(String name) {
        assertThatThrownBy(() -> with(Annotations.NONE, "{\"a\":1,\"" + name + "\":1}"))
                .isInstanceOf(RefusedMessageException.class)
                .hasMessageContaining("is said by Nexus itself");
    }

    @Test
    void oneCallAndAllOfATransactionHaveABound() throws RefusedMessageException {
        assertThatThrownBy(() -> with(Annotations.NONE, "{\"a\":\"" + "x".repeat(8 << 10) + "\"}"))
                .isInstanceOf(RefusedMessageException.class);
        Annotations many = Annotations.NONE;
        for (int i = 0; i < 8; i++) {
            many = with(many, "{\"a" + i + "\":\"" + "x".repeat(8_000) + "\"}");
        }
        Annotations full = many;
        assertThatThrownBy(() -> with(full, "{\"one more\":\"" + "x".repeat(8_000) + "\"}"))
                .isInstanceOf(RefusedMessageException.class)
                .hasMessageContaining("65536");
    }
}
