package nexus.page.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import nexus.value.JsonValues;
import nexus.value.ValueWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeliveryQueryTest {
    private static final Instant NOW = Instant.parse("2026-01-31T12:00:00.500Z");

    @ParameterizedTest
    @CsvSource({
        "24h, 2026-01-30T12:00:00Z",
        "90m, 2026-01-31T10:30:00Z",
        "7d, 2026-01-24T12:00:00Z",
        "2026-01-01, 2026-01-01T00:00:00Z",
        "2026-01-01 08:30, 2026-01-01T08:30:00Z",
        "2026-01-01T08:30:15, 2026-01-01T08:30:15Z",
        "2026-01-01T08:30:15+01:00, 2026-01-01T08:30:15+01:00",
        "nonsense, nonsense"
    })
    void timesAreSpansOrDates(String given, String sent) {
        String body = query(Map.of("since", given)).retryBody(false, NOW);

        assertThat(body).isEqualTo("{\"since\":\"" + sent + "\"}");
    }

    @Test
    void whatIsEnteredStaysAValue() {
        DeliveryQuery hostile = query(Map.of("type", "a&status=DEAD#\"}{", "status", " DEAD "));

        assertThat(hostile.apiPath(Optional.of("c&d"), NOW))
                .isEqualTo("/v1/deliveries?status=DEAD&type=a%26status%3DDEAD%23%22%7D%7B&limit=50&cursor=c%26d");
        assertThat(ValueWriter.text(JsonValues.read(hostile.retryBody(true, NOW))))
                .isEqualTo("{\"status\":\"DEAD\",\"type\":\"a&status=DEAD#\\\"}{\",\"dryRun\":true}");
    }

    @Test
    void emptyFiltersAreNone() {
        DeliveryQuery none = query(Map.of("type", " ", "other", "x"));

        assertThat(none.isEmpty()).isTrue();
        assertThat(none.retryBody(true, NOW)).isEqualTo("{\"dryRun\":true}");
        assertThat(none.pagePath("live", "1")).isEqualTo("/deliveries?live=1");
        assertThat(none.pagePath("live", "")).isEqualTo("/deliveries");
    }

    private static DeliveryQuery query(Map<String, String> values) {
        return DeliveryQuery.of(name -> Optional.ofNullable(values.get(name)));
    }
}
