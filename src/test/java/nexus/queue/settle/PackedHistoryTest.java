package nexus.queue.settle;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.LongStream;
import nexus.queue.owed.OwedDelivery;
import nexus.queue.owed.Place;
import nexus.queue.settle.Outcome.AttemptMade;
import nexus.queue.settle.Outcome.Sent;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PackedHistoryTest {
    private static final LocalDate DAY = LocalDate.parse("2026-01-31");
    private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");

    @Test
    void fewDeliveriesKeepARowEach() {
        assertThat(PackedHistory.among(lane(1, 1, 31)).runs()).isEmpty();
        assertThat(PackedHistory.among(List.of()).runs()).isEmpty();
    }

    @Test
    void deliveriesOfALaneAreARunByRisingSeq() {
        List<Sent> outcomes = lane(1, 100, 32);
        Collections.shuffle(outcomes, new Random(1));

        assertThat(PackedHistory.among(outcomes).runs()).singleElement().satisfies(run -> {
            assertThat(run.lane()).isEqualTo(1);
            assertThat(run.day()).isEqualTo(DAY);
            assertThat(seqs(run)).isEqualTo(LongStream.range(100, 132).boxed().toList());
        });
    }

    @Test
    void manyAreDividedEvenly() {
        assertThat(PackedHistory.among(lane(1, 1, 161)).runs())
                .extracting(run -> run.deliveries().size())
                .containsExactly(80, 81);
        assertThat(PackedHistory.among(lane(1, 1, 500)).runs())
                .extracting(run -> run.deliveries().size())
                .containsExactly(125, 125, 125, 125);
    }

    @Test
    void lanesAndDaysAreApart() {
        List<Sent> outcomes = lane(1, 1, 40);
        outcomes.addAll(lane(2, 1000, 31));
        for (int i = 0; i < 33; i++) {
            outcomes.add(sent(row(1, DAY.plusDays(1), 2000 + i, 0, false), NOON, 200));
        }
        assertThat(PackedHistory.among(outcomes).runs())
                .extracting(run ->
                        run.lane() + " " + run.day() + " " + run.deliveries().size())
                .containsExactly("1 2026-01-31 40", "1 2026-02-01 33");
    }

    @Test
    void whatWasTriedBeforeOrIsNexussOwnKeepsItsRow() {
        List<Sent> outcomes = lane(1, 1, 40);
        outcomes.set(3, sent(row(1, DAY, 4, 1, false), NOON, 200));
        outcomes.set(9, sent(row(1, DAY, 10, 0, true), NOON, 200));
        outcomes.set(20, sent(row(1, DAY, 21, 0, false), NOON, null));
        assertThat(PackedHistory.among(outcomes).runs())
                .singleElement()
                .satisfies(run -> assertThat(seqs(run)).hasSize(37).doesNotContain(4L, 10L, 21L));
    }

    @Test
    void whatIsFarFromTheOthersKeepsItsRow() {
        List<Sent> outcomes = lane(1, 10_000, 40);
        outcomes.add(sent(row(1, DAY, 10_039 - 4096, 0, false), NOON, 200));
        outcomes.add(sent(row(1, DAY, 10_039 - 4095, 0, false), NOON, 200));
        outcomes.set(0, sent(row(1, DAY, 10_000, 0, false), NOON.minusSeconds(61), 200));
        outcomes.set(1, sent(row(1, DAY, 10_001, 0, false), NOON.minusSeconds(60), 200));
        assertThat(PackedHistory.among(outcomes).runs()).singleElement().satisfies(run -> assertThat(seqs(run))
                .hasSize(40)
                .startsWith(10_039L - 4095, 10_001L)
                .endsWith(10_039L));
    }

    private static List<Long> seqs(PackedHistory run) {
        return run.deliveries().stream()
                .map(outcome -> outcome.delivery().seq())
                .toList();
    }

    private static List<Sent> lane(int lane, long firstSeq, int count) {
        List<Sent> outcomes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            outcomes.add(sent(row(lane, DAY, firstSeq + i, 0, false), NOON, 200));
        }
        return outcomes;
    }

    private static Sent sent(OwedDelivery row, Instant at, @Nullable Integer statusCode) {
        return new Sent(row, new AttemptMade(at, 3, statusCode, null, null));
    }

    private static OwedDelivery row(int lane, LocalDate day, long seq, int attempts, boolean own) {
        return new OwedDelivery(
                lane,
                0,
                seq,
                null,
                null,
                false,
                null,
                attempts,
                0,
                NOON,
                day,
                new UUID(0, seq),
                2,
                own,
                new Place.OwnRow("(0,1)"),
                false);
    }
}
