package nexus.page.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SlotForecastTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            streaming | 68400  | 100 | ok       | warn | safe for 19 h.
            streaming | 3599   | 100 | critical | bad  | safe for 59 min.
            streaming | 59     | 100 | critical | bad  | safe for 59 s.
            streaming | 864000 | 100 | ok       | good | safe for 10 days.
            streaming | -      | 100 | ok       | good | not in danger.
            streaming | -      | -   | ok       | good | without limit.
            streaming | -      | 100 | warning  | warn | not in danger.
            lost      | -      | -   | critical | bad  | lost.
            """)
    void theForecastIsOneSentence(
            String status, @Nullable Long lostIn, @Nullable Long safe, String slotLevel, String level, String end) {
        Map<String, @Nullable Object> slot = new HashMap<>();
        slot.put("lostInSeconds", lostIn);
        slot.put("safeBytes", safe);
        slot.put("level", slotLevel);

        SlotForecast forecast = SlotForecast.of(Map.of("status", status), slot);

        assertThat(forecast.level()).isEqualTo(level);
        assertThat(forecast.title()).endsWith(end);
    }

    @ParameterizedTest
    @CsvSource({"off, good", "standby, good", "creating, warn", "connecting, warn", "streaming, good"})
    void withoutASlotItSaysWhatIsKnown(String status, String level) {
        assertThat(SlotForecast.of(Map.of("status", status), Map.of()).level()).isEqualTo(level);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0, running, 0",
        "5, 10, running, 50",
        "10, 10, running, 99",
        "11, 10, running, 99",
        "3, 10, done, 100"
    })
    void progressIsCompleteOnlyAtTheEnd(long done, long total, String state, long share) {
        assertThat(JobLine.share(done, total, state)).isEqualTo(share);
    }
}
