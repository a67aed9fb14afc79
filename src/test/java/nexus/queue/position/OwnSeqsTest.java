package nexus.queue.position;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import nexus.event.EventType;
import nexus.queue.notify.OwedRows;
import nexus.queue.owed.OwedBody;
import nexus.queue.owed.OwedDelivery;
import nexus.queue.owed.Place;
import nexus.queue.owed.Ready;
import org.junit.jupiter.api.Test;

class OwnSeqsTest {
    private final OwnSeqs run = new OwnSeqs();

    @Test
    void whatFollowsWithoutAGapIsOfThisProcessAlone() {
        assertThat(run.follows(stored(7, 8))).as("nothing is known before it").isFalse();
        assertThat(run.follows(stored(9))).isTrue();
        assertThat(run.follows(stored(10, 11, 12))).isTrue();
    }

    @Test
    void whatAnotherProcessHasStoredLeavesAGap() {
        run.follows(stored(7));
        assertThat(run.follows(stored(9))).as("8 is of another").isFalse();
        assertThat(run.follows(stored(10))).isTrue();
        assertThat(run.follows(stored(11, 13))).as("12 is of another").isFalse();
        assertThat(run.follows(stored(14))).isTrue();
    }

    @Test
    void aTransactionThatCommittedLateIsNotTakenForTheNext() {
        run.follows(stored(7));
        assertThat(run.follows(stored(9))).isFalse();
        assertThat(run.follows(stored(8))).isFalse();
        assertThat(run.follows(stored(10))).isTrue();
    }

    @Test
    void whatWasStoredElsewhereSaysNothing() {
        run.follows(stored(7));
        assertThat(run.follows(new OwedRows(Map.of(1, 3L), true))).isFalse();
        assertThat(run.follows(stored(8))).isTrue();
    }

    /** What is missing may be of a lane that the next ones are not of. */
    @Test
    void gapsAreCountedAndWhatWasStoredElsewhereIsNone() {
        run.follows(stored(7));
        int before = run.gaps();
        run.follows(stored(8));
        run.follows(new OwedRows(Map.of(1, 3L), true));
        assertThat(run.gaps()).isEqualTo(before);
        run.follows(stored(10));
        assertThat(run.gaps()).isEqualTo(before + 1);
    }

    /** In two lanes, in turns. */
    private static OwedRows stored(long... seqs) {
        Map<Integer, Long> lowest = new HashMap<>();
        Map<Integer, List<Ready>> fresh = new HashMap<>();
        for (long seq : seqs) {
            int lane = (int) (seq % 2);
            OwedDelivery delivery = new OwedDelivery(
                    lane,
                    0,
                    seq,
                    1L,
                    null,
                    false,
                    null,
                    0,
                    0,
                    Instant.EPOCH,
                    LocalDate.EPOCH,
                    UUID.randomUUID(),
                    2,
                    false,
                    new Place.OwnRow("(0,1)"),
                    false);
            lowest.putIfAbsent(lane, seq);
            fresh.computeIfAbsent(lane, first -> new ArrayList<>())
                    .add(new Ready(delivery, new OwedBody(new EventType("x"), Buffer.buffer("{}"))));
        }
        return new OwedRows(lowest, false, fresh);
    }
}
