package nexus.queue.position;

import static nexus.queue.owed.OwedRow.row;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import nexus.queue.owed.DueCursor;
import nexus.queue.owed.KeySlices;
import nexus.queue.owed.SliceCursor;
import nexus.queue.position.LaneCursor.Mark;
import org.junit.jupiter.api.Test;

class LaneCursorTest {
    private static final Instant NOW = Instant.parse("2026-01-31T18:20:43Z");

    private final LaneCursor cursor = new LaneCursor(1);

    @Test
    void readingGoesOnBehindWhatWasPassed() {
        Mark mark = cursor.mark();
        cursor.passed(row(5).build(), mark);
        cursor.passed(row(9).keySlice(3).build(), mark);

        assertThat(after()).containsExactly(5L, 0L, 0L, 9L, 0L, 0L, 0L, 0L);
    }

    @Test
    void aSignalDuringAReadIsNotLost() {
        Mark mark = cursor.mark();
        cursor.rewind(7);
        cursor.passed(row(9).build(), mark);
        readEverythingDry(mark);

        assertThat(after().getFirst()).isEqualTo(6);
        assertThat(cursor.hasUnread()).isTrue();
    }

    @Test
    void aRetryAddedDuringAReadThatWentPastItsTimeIsReadNext() {
        Mark mark = cursor.mark();
        cursor.dueAt(NOW.minusSeconds(5));
        cursor.passed(row(9).due(NOW).build(), mark);
        cursor.dueRead(null, mark);

        cursor.wakeDue(NOW);
        assertThat(cursor.hasUnreadDue()).isTrue();
        cursor.mark();
        assertThat(cursor.dueCursor(1).afterDue()).isBefore(NOW.minusSeconds(5));
    }

    @Test
    void aDryLaneIsReadAgainAfterASignal() {
        readEverythingDry(cursor.mark());
        assertThat(cursor.hasUnread()).isFalse();

        cursor.rewind(7);

        assertThat(cursor.hasUnread()).isTrue();
    }

    @Test
    void aStripeStopsAtABarrierUntilSomethingIsSettled() {
        Mark mark = cursor.mark();
        readEverythingDry(mark);
        cursor.poll();
        Mark second = cursor.mark();
        readEverythingDry(second);
        cursor.rewind(9);
        cursor.stopAtBarrier(0, cursor.mark());
        assertThat(cursor.cursors(4, false)).extracting(SliceCursor::keySlice).doesNotContain(0);

        cursor.settled(false);

        assertThat(cursor.cursors(4, false)).extracting(SliceCursor::keySlice).contains(0);
    }

    @Test
    void aRetryThatBecameDueDuringTheReadIsKnown() {
        Mark mark = cursor.mark();
        cursor.dueAt(NOW.plusSeconds(5));
        cursor.dueRead(NOW.plusSeconds(60), mark);

        assertThat(cursor.nextDue()).isEqualTo(NOW.plusSeconds(5));
    }

    @Test
    void aRetryThatWasWrittenLateIsReadAlthoughTheCursorIsBehindIt() {
        Mark mark = cursor.mark();
        cursor.passed(row(4).due(NOW).build(), mark);
        cursor.dueRead(null, mark);

        cursor.dueAt(NOW.minusSeconds(1));

        assertThat(cursor.hasUnreadDue()).isTrue();
        assertThat(cursor.dueCursor(4)).isEqualTo(new DueCursor(1, NOW.minusSeconds(1), 0, 5, 1));
    }

    @Test
    void aRetryThatWasPassedBeforeItWasKnownToBeWrittenIsReadAgainAlthoughTheStoreKeepsNoNanoseconds() {
        Mark mark = cursor.mark();
        cursor.passed(row(4).due(NOW).build(), mark);
        cursor.dueRead(null, mark);

        cursor.dueAt(NOW.plusNanos(432));

        assertThat(cursor.dueCursor(4)).isEqualTo(new DueCursor(1, NOW, 0, 5, 1));
        assertThat(cursor.hasUnreadDue()).isTrue();
    }

    @Test
    void aRetryThatWasWrittenDuringAReadOfLaterOnesIsNotPassed() {
        Mark mark = cursor.mark();
        cursor.dueAt(NOW.minusSeconds(2));
        cursor.passed(row(4).due(NOW.minusSeconds(1)).build(), mark);
        cursor.dueRead(null, mark);

        assertThat(cursor.hasUnreadDue()).isTrue();
        assertThat(cursor.dueCursor(4).afterDue()).isBeforeOrEqualTo(NOW.minusSeconds(2));
    }

    @Test
    void aFullReadOfNothingButWaitingRowsMakesTheNextOneLonger() {
        int before = cursor.cursors(4, false).getFirst().limit();
        cursor.paced(true);
        cursor.paced(true);
        assertThat(cursor.cursors(4, false).getFirst().limit()).isEqualTo(4 * before);

        cursor.paced(false);
        assertThat(cursor.cursors(4, false).getFirst().limit()).isEqualTo(before);
    }

    @Test
    void aSweepWaitsForTheOneBeforeAndForATimeThatGrowsWithWhatWaits() {
        readEverythingDry(cursor.mark());
        cursor.sweep(NOW, Duration.ofSeconds(1));
        assertThat(cursor.hasUnread()).isTrue();

        cursor.passed(row(9).build(), cursor.mark());
        cursor.sweep(NOW.plusSeconds(10), Duration.ofSeconds(1));
        assertThat(after().getFirst()).as("the sweep before is not over").isEqualTo(9);

        readEverythingDry(cursor.mark());
        for (int i = 0; i < 60_000; i++) {
            cursor.sawWaiting();
        }
        cursor.sweep(NOW.plusSeconds(10), Duration.ofSeconds(1));
        assertThat(cursor.hasUnread()).isFalse();
        cursor.sweep(NOW.plusSeconds(61), Duration.ofSeconds(1));
        assertThat(cursor.hasUnread()).isTrue();
    }

    private void readEverythingDry(Mark mark) {
        for (int keySlice = 0; keySlice < KeySlices.COUNT; keySlice++) {
            cursor.readDry(keySlice, mark);
        }
    }

    private List<Long> after() {
        return cursor.cursors(4, false).stream().map(SliceCursor::after).toList();
    }

    @Test
    void itIsWholeWhenEverythingWasReadAndNoRetryWaits() {
        assertThat(cursor.isWhole()).isFalse();
        readEverythingDry(cursor.mark());
        assertThat(cursor.isWhole()).as("retries were not read").isFalse();
        cursor.dueRead(null, cursor.mark());
        assertThat(cursor.isWhole()).isTrue();

        assertThat(cursor.hasPassed(row(9).keySlice(3).build())).isFalse();
        cursor.handedOver(row(9).keySlice(3).build());
        assertThat(cursor.isWhole()).isTrue();
        assertThat(cursor.hasPassed(row(8).keySlice(3).build()))
                .as("a read may have found it")
                .isTrue();
        cursor.poll();
        assertThat(after().get(3)).isEqualTo(9L);
    }

    @Test
    void itIsNotWholeWithARetryOrASignalOrARowBehindAnother() {
        whole();
        cursor.dueAt(NOW.plusSeconds(5));
        assertThat(cursor.isWhole()).isFalse();
        cursor.dueRead(null, cursor.mark());
        cursor.rewindDue();
        whole();
        cursor.rewind(7);
        assertThat(cursor.isWhole()).isFalse();
        whole();
        cursor.passedBehindUnknown(row(50).build());
        assertThat(cursor.isWhole()).isFalse();
        cursor.rewindAll();
        whole();
        cursor.passedBehindUnknown(row(50).build());
        cursor.passedBehindUnknown(row(60).build());
        cursor.rewind(51);
        Mark mark = cursor.mark();
        readEverythingDry(mark);
        assertThat(cursor.isWhole()).as("50 is not looked at again").isFalse();
        cursor.rewind(50);
        whole();
    }

    @Test
    void aRowBehindAnotherThatIsLookedAtAgainAnywayIsNotRemembered() {
        whole();
        cursor.mark();
        cursor.rewind(40); // during the read
        cursor.passedBehindUnknown(row(50).build());
        whole();
        cursor.mark();
        cursor.rewind(60);
        cursor.passedBehindUnknown(row(50).build());
        Mark next = cursor.mark();
        readEverythingDry(next);
        cursor.dueRead(null, next);
        assertThat(cursor.isWhole()).isFalse();
    }

    private void whole() {
        Mark mark = cursor.mark();
        readEverythingDry(mark);
        cursor.dueRead(null, mark);
        assertThat(cursor.isWhole()).isTrue();
    }
}
