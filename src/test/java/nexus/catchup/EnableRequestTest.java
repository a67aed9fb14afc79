package nexus.catchup;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import nexus.api.json.JsonBody;
import nexus.subscription.Missed;
import nexus.testkit.FieldErrors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnableRequestTest {
    private static final Instant FIRST = Instant.parse("2026-01-24T00:00:00Z");
    private static final Missed SOME = new Missed(3, Optional.of(FIRST), Optional.of(FIRST.plusSeconds(9)));

    @Test
    void aCatchUpBeginsWithTheFirstMissedEventOrAtTheGivenTime() {
        assertThat(read("{}").catchUp()).isEmpty();
        assertThat(read("{\"catchUp\":null,\"rateLimit\":null}")).isEqualTo(EnableRequest.EMPTY);
        assertThat(since("{\"catchUp\":\"none\"}", SOME)).isEmpty();
        assertThat(since("{\"catchUp\":\"missed\"}", SOME)).contains(FIRST);
        assertThat(since("{\"catchUp\":\"missed\"}", Missed.NONE)).isEmpty();
        assertThat(since("{\"catchUp\":{\"since\":\"2026-01-01T02:00:00+02:00\"}}", Missed.NONE))
                .contains(Instant.parse("2026-01-01T00:00:00Z"));
        assertThat(read("{\"catchUp\":\"missed\",\"rateLimit\":50}").rateLimit())
                .contains(50);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "/catchUp        | {\"catchUp\":\"all\"}",
                "/catchUp        | {\"catchUp\":\"MISSED\"}",
                "/catchUp        | {\"catchUp\":true}",
                "/catchUp        | {\"catchUp\":[\"missed\"]}",
                "/catchUp/since  | {\"catchUp\":{}}",
                "/catchUp/since  | {\"catchUp\":{\"since\":null}}",
                "/catchUp/since  | {\"catchUp\":{\"since\":\"yesterday\"}}",
                "/catchUp/since  | {\"catchUp\":{\"since\":5}}",
                "/catchUp/until  | {\"catchUp\":{\"since\":\"2026-01-01T00:00:00Z\",\"until\":\"2026-01-02T00:00:00Z\"}}",
                "/rateLimit      | {\"rateLimit\":0}",
                "/rateLimit      | {\"rateLimit\":100001}",
                "/rateLimit      | {\"rateLimit\":\"50\"}",
                "/catchup        | {\"catchup\":\"missed\"}",
            })
    void aWrongFieldIsNamed(String pointer, String body) {
        assertThat(FieldErrors.of(() -> read(body))).containsExactly(pointer);
    }

    private static Optional<Instant> since(String body, Missed missed) {
        return read(body).catchUp().flatMap(catchUp -> catchUp.since(missed));
    }

    private static EnableRequest read(String body) {
        return EnableRequest.read(JsonBody.parse(body.getBytes(StandardCharsets.UTF_8)));
    }
}
