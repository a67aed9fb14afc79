package nexus.notation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationTextTest {
    @ParameterizedTest
    @CsvSource({"0s,PT0S", "250ms,PT0.25S", "15s,PT15S", "90m,PT1H30M", "10h,PT10H", "30d,PT720H", "3653d,PT87672H"})
    void oneNumberAndOneUnitIsRead(String text, Duration duration) {
        assertThat(DurationText.parse(text)).contains(duration);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "s", "1", "1 s", "-1s", "+1s", "1.5s", "1S", "1w", "1s2m", "3654d", "999999999999d", "٣s"})
    void anythingElseIsNot(String text) {
        assertThat(DurationText.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0s", "250ms", "15s", "90m", "10h", "30d"})
    void itIsWrittenInTheLargestUnitWithoutAFraction(String text) {
        assertThat(DurationText.format(DurationText.parse(text).orElseThrow())).isEqualTo(text);
    }
}
