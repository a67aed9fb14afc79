package nexus.webhook.answer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderBlockTest {
    private final HeaderBlock block = new HeaderBlock();

    @Test
    void writesEachHeaderOnALine() {
        block.accept(new AsciiString("webhook-id"), "1?2");
        block.accept("x-long", "a".repeat(5_000));
        block.accept("x-tab", new AsciiString("a\tb c"));
        assertThat(written()).isEqualTo("webhook-id: 1?2\r\nx-long: " + "a".repeat(5_000) + "\r\nx-tab: a\tb c\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\r\nb: c", "\n", "a\0", "\u007f", "é", "\u0100", "☃", "😀", "a\u010ab"})
    void refusesWhatAHeaderCannotHold(String value) {
        assertThatThrownBy(() -> block.accept("x", value)).isInstanceOf(IllegalArgumentException.class);
    }

    private String written() {
        ByteBuf out = Unpooled.buffer();
        block.writeTo(out);
        return out.toString(StandardCharsets.US_ASCII);
    }
}
