package nexus.dispatch.outcome;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BatchAnswerTest {
    private static final UUID ONE = new UUID(0x0199L << 48, 0xabcL);
    private static final UUID OTHER = new UUID(0x0199L << 48, 0xdefL);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "ok",
                "failed",
                "\"failed\"",
                "[\"failed\"]",
                "{}",
                "{\"ok\":true}",
                "{\"failed\":[]}",
                "{\"failed\":null}",
                "{\"failed\":0}",
                "{\"failed\":false,\"accepted\":2}",
                "{\"failed\":[\"another\"]}",
                "{\"nested\":{\"failed\":[\"01990000-0000-0000-0000-000000000abc\"]}}",
                "<html>{\"failed\":[\"01990000-0000-0000-0000-000000000abc\"]}",
                "{\"text\":",
            })
    void acceptsAll(String answer) {
        assertThat(BatchAnswer.read(answer).hasFailed(ONE)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"failed\":true}",
                "{\"failed\":2}",
                "{\"failed\":\"01990000-0000-0000-0000-000000000abc\"}",
                "{\"failed\":{}}",
                "{\"failed\":[1]}",
                "{\"failed\":[\"another\",null]}",
                "{\"failed\":[\"anoth",
                "{\"failed\":[",
                "{\"failed\"",
                "{\"failed\":[]",
            })
    void sendsAllAgainWhenTheListCannotBeRead(String answer) {
        BatchAnswer read = BatchAnswer.read(answer);
        assertThat(read.isRejected()).isTrue();
        assertThat(read.hasFailed(ONE)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"failed\":[\"01990000-0000-0000-0000-000000000abc\"]}",
                " {\"ok\":{\"failed\":[]},\"failed\":[\"x\",\"01990000-0000-0000-0000-000000000ABC\"],\"n\":1e999} ",
                "{\"failed\":[],\"failed\":[\"01990000-0000-0000-0000-000000000abc\"]}",
                "{\"\\u0066ailed\":[\"01990000-0000-0000-0000-000000000abc\"]} and more",
            })
    void sendsThoseAgainThatAreNamed(String answer) {
        BatchAnswer read = BatchAnswer.read(answer);
        assertThat(read.hasFailed(ONE)).isTrue();
        assertThat(read.hasFailed(OTHER)).isFalse();
    }

    @Test
    void survivesDeepNesting() {
        String deep = "{\"a\":" + "[".repeat(8_000) + "]".repeat(8_000) + "}";
        assertThat(BatchAnswer.read(deep).hasFailed(ONE)).isFalse();
        assertThat(BatchAnswer.read("{\"failed\":" + "[".repeat(8_000)).hasFailed(ONE))
                .isTrue();
    }
}
