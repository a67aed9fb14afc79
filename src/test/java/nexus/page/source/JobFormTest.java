package nexus.page.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JobFormTest {
    @Test
    void aReplayHasTimesInUtcAndLeavesOutWhatWasNotEntered() {
        assertThat(JobForm.replay(Map.of(
                        "subscriptionId", List.of("s"),
                        "since", List.of("2026-01-31T18:20"),
                        "until", List.of(""),
                        "rateLimit", List.of("50"),
                        "dryRun", List.of("true"))))
                .isEqualTo(
                        "{\"subscriptionId\":\"s\",\"since\":\"2026-01-31T18:20:00Z\",\"rateLimit\":50,\"dryRun\":true}");
    }

    @Test
    void whatIsWrongReachesTheApiAsText() {
        assertThat(JobForm.replay(Map.of("since", List.of("\"yesterday\""), "rateLimit", List.of("1,\"dryRun\":true"))))
                .isEqualTo("{\"since\":\"\\\"yesterday\\\"\",\"rateLimit\":\"1,\\\"dryRun\\\":true\"}");
    }

    @Test
    void aBackfillMayHaveACondition() {
        assertThat(JobForm.backfill(Map.of(
                        "subscriptionId", List.of("s"),
                        "table", List.of(" public.orders "),
                        "where", List.of("note = 'a\"b'"))))
                .isEqualTo("{\"subscriptionId\":\"s\",\"table\":\"public.orders\",\"where\":\"note = 'a\\\"b'\"}");
    }
}
