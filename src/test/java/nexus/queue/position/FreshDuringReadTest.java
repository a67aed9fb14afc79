package nexus.queue.position;

import static nexus.queue.owed.OwedRow.fresh;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.util.List;
import nexus.queue.owed.OwedRow;
import nexus.queue.owed.Ready;
import org.junit.jupiter.api.Test;

class FreshDuringReadTest {
    private static final Ready FIRST = fresh(OwedRow.row(1).build()); // of two bytes, as are the others
    private static final Ready SECOND = fresh(OwedRow.row(2).build());
    private static final Ready THIRD = fresh(OwedRow.row(3).lane(2).build());

    private final FreshDuringRead fresh = new FreshDuringRead(6);

    @Test
    void itIsTakenByLaneInTheOrderInWhichItCameAndOnce() {
        assertThat(fresh.add(1, List.of(FIRST))).isTrue();
        assertThat(fresh.add(2, List.of(THIRD))).isTrue();
        assertThat(fresh.add(1, List.of(SECOND))).isTrue();

        assertThat(fresh.take()).containsOnly(entry(1, List.of(FIRST, SECOND)), entry(2, List.of(THIRD)));
        assertThat(fresh.take()).isEmpty();
    }

    @Test
    void whatHasNoRoomIsNotKeptAndRoomIsThereAgainOnceItIsTaken() {
        fresh.add(1, List.of(FIRST, SECOND));
        assertThat(fresh.add(2, List.of(THIRD, THIRD))).as("8 bytes of 6").isFalse();
        assertThat(fresh.take()).containsOnlyKeys(1);

        assertThat(fresh.add(2, List.of(THIRD, THIRD, THIRD))).isTrue();
    }
}
