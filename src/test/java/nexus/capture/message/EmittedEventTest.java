package nexus.capture.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import nexus.event.Ordering;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EmittedEventTest {
    private static EmittedEvent read(String json) throws RefusedMessageException {
        return EmittedEvent.read(ByteBuffer.wrap(json.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void dataAndMetadataAreKeptDigitForDigit() throws RefusedMessageException {
        EmittedEvent event = read(
                " {\"data\" : {\"n\": 1.10e2 , \"ü\":[\"\\u0041\"]} ,\n\"type\":\"a.b-c_D.0\", \"metadata\":{ \"x\" :1} } ");
        assertThat(event.type().value()).isEqualTo("a.b-c_D.0");
        assertThat(event.data()).isEqualTo("{\"n\": 1.10e2 , \"ü\":[\"\\u0041\"]}");
        assertThat(event.metadata()).isEqualTo("{ \"x\" :1}");
    }

    @Test
    void whatTheFunctionLetsThroughIsRead() throws RefusedMessageException {
        String deep = "{\"a\":".repeat(98) + "{}" + "}".repeat(98);
        read("{\"type\":\"" + "t".repeat(256) + "\",\"data\":" + deep + ",\"orderingKey\":\"" + "😀".repeat(256)
                + "\",\"metadata\":{\"" + "n".repeat(100_000) + "\":" + "9".repeat(100_000) + "}}");
    }

    @Test
    void theKeyIsTheOneThatThePublishersHave() throws RefusedMessageException {
        assertThat(read("{\"type\":\"a\",\"data\":{},\"orderingKey\":\"u\\u005f1\"}")
                        .ordering())
                .isEqualTo(Ordering.published("u_1"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`` | is no JSON",
                "SECRET | is no JSON",
                "[] | is no JSON object",
                "{\"type\":\"a\",\"data\":{} | is no JSON",
                "{\"type\":\"a\",\"data\":{}} SECRET | is no JSON",
                "{\"type\":\"a\",\"data\":{}} {} | goes on",
                "{\"type\":\"a\",\"data\":{\"SECRET\":1,\"SECRET\":2}} | twice",
                "{\"type\":\"a\",\"type\":\"a\",\"data\":{}} | twice",
                "{\"type\":\"a\",\"data\":{},\"SECRET\":1} | has a field other than",
                "{\"data\":{}} | type must be a string",
                "{\"type\":1,\"data\":{}} | type must be a string",
                "{\"type\":\"SECRET SECRET\",\"data\":{}} | type must be segments",
                "{\"type\":\"pg.SECRET\",\"data\":{}} | type must not start",
                "{\"type\":\"nexus.SECRET\",\"data\":{}} | type must not start",
                "{\"type\":\"a\"} | data must be an object",
                "{\"type\":\"a\",\"data\":null} | data must be an object",
                "{\"type\":\"a\",\"data\":[\"SECRET\"]} | data must be an object",
                "{\"type\":\"a\",\"data\":{},\"metadata\":\"SECRET\"} | metadata must be an object",
                "{\"type\":\"a\",\"data\":{},\"orderingKey\":\"\"} | orderingKey must be a string",
                "{\"type\":\"a\",\"data\":{},\"orderingKey\":7} | orderingKey must be a string",
                "{\"type\":\"a\",\"data\":{},\"orderingKey\":\"\\u0000SECRET\"} | orderingKey must be a string",
                "{\"type\":\"a\",\"data\":{},\"orderingKey\":\"\\ud800SECRET\"} | orderingKey must be a string"
            })
    void whatIsNotWellFormedIsRefusedWithoutItsContent(String json, String reason) {
        assertThatThrownBy(() -> read(json == null ? "" : json))
                .isInstanceOf(RefusedMessageException.class)
                .hasMessageContaining(reason)
                .hasMessageNotContaining("SECRET");
    }

    @Test
    void whatIsTooBigOrNotUtf8IsRefused() {
        assertThatThrownBy(() -> read("{\"type\":\"a\",\"data\":{\"a\":\"" + "x".repeat(1 << 20) + "\"}}"))
                .isInstanceOf(RefusedMessageException.class)
                .hasMessageContaining("bytes");
        assertThatThrownBy(() -> read("{\"type\":\"a\",\"data\":" + "[".repeat(101) + "]".repeat(101) + "}"))
                .isInstanceOf(RefusedMessageException.class);
        assertThatThrownBy(() -> EmittedEvent.read(
                        ByteBuffer.wrap("{\"type\":\"a\",\"data\":{\"ü\":1}}".getBytes(StandardCharsets.ISO_8859_1))))
                .isInstanceOf(RefusedMessageException.class)
                .hasMessageContaining("UTF-8");
    }
}
