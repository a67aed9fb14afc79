package nexus.queue.notify;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OwedNoticesTest {
    @Test
    void whatIsToldIsHeardHoweverManyLanesItAre() {
        Map<Integer, Long> told = new HashMap<>();
        for (int lane = 1; lane <= 3_000; lane++) {
            told.put(lane, 1_000_000_000_000L + lane);
        }

        List<String> payloads = OwedNotices.payloads(new OwedRows(told, false));

        Map<Integer, Long> heard = new HashMap<>();
        payloads.forEach(payload -> heard.putAll(OwedNotices.rows(payload).lowestSeqByLane()));
        assertThat(heard).isEqualTo(told);
        assertThat(payloads).hasSizeGreaterThan(1).allMatch(payload -> payload.length() < 8_000);
    }

    @Test
    void whatWasRetriedByHandIsHeardAsThat() {
        OwedRows told = new OwedRows(Map.of(5, 7L), true);
        assertThat(OwedNotices.payloads(told)).map(OwedNotices::rows).containsExactly(told);
        assertThat(OwedNotices.rows("5:7").byHand()).isFalse();
    }

    @Test
    void whatIsNotUnderstoodIsLeftOut() {
        assertThat(OwedNotices.rows("").lowestSeqByLane()).isEmpty();
        assertThat(OwedNotices.rows("5:7 nonsense :9 8:").lowestSeqByLane()).isEqualTo(Map.of(5, 7L));
    }
}
