package nexus.dispatch;

import static nexus.dispatch.KeyOrder.Turn.AFTER_BUSY;
import static nexus.dispatch.KeyOrder.Turn.AFTER_OWED;
import static nexus.dispatch.KeyOrder.Turn.NOW;
import static nexus.dispatch.OwedRow.row;
import static org.assertj.core.api.Assertions.assertThat;

import nexus.queue.OwedDelivery;
import org.junit.jupiter.api.Test;

class KeyOrderTest {
    private final KeyOrder order = new KeyOrder();

    @Test
    void oneOfAKeyGoesAndTheOtherWaitsUntilItIsSettled() {
        OwedDelivery first = row(1).key(7).build();
        OwedDelivery second = row(2).key(7).build();
        order.start(first, false);

        assertThat(order.turn(second)).isEqualTo(AFTER_BUSY);
        assertThat(order.turn(row(3).key(8).build())).isEqualTo(NOW);
        assertThat(order.settled(first)).containsExactly(7L);
        assertThat(order.turn(second)).isEqualTo(NOW);
    }

    @Test
    void aKeyOfWhichNoOtherRowWasSeenIsNotLookedUp() {
        OwedDelivery only = row(1).key(7).build();
        order.start(only, false);

        assertThat(order.settled(only)).isEmpty();
    }

    @Test
    void behindAFollowerOrARetryMoreMayHaveBeenPassed() {
        OwedDelivery follower = row(1).key(7).build();
        order.start(follower, true);
        assertThat(order.settled(follower)).containsExactly(7L);

        OwedDelivery retry = row(2).key(7).attempts(1).build();
        order.start(retry, false);
        assertThat(order.settled(retry)).containsExactly(7L);
    }

    @Test
    void aRowOfTwoKeysHoldsBothAndWaitsForBoth() {
        OwedDelivery moved = row(2).key(8).otherKey(7).build();
        OwedDelivery earlier = row(1).key(7).build();
        order.start(earlier, false);
        assertThat(order.turn(moved)).isEqualTo(AFTER_BUSY);
        order.settled(earlier);

        order.start(moved, true);
        assertThat(order.turn(row(3).key(7).build())).isEqualTo(AFTER_BUSY);
        assertThat(order.turn(row(4).key(8).build())).isEqualTo(AFTER_BUSY);
        assertThat(order.settled(moved)).containsExactlyInAnyOrder(7L, 8L);
    }

    @Test
    void aRowOfTwoKeysThatWasPassedBeforeItsPredecessorStartedIsLookedUpAfterIt() {
        OwedDelivery earlier = row(1).key(7).build();
        assertThat(order.turn(row(2).key(8).otherKey(7).behind().build())).isEqualTo(AFTER_OWED);

        order.start(earlier, false);

        assertThat(order.settled(earlier)).containsExactly(7L);
    }

    @Test
    void whatIsGivenBackFreesItsKey() {
        OwedDelivery first = row(1).key(7).build();
        order.start(first, false);
        order.giveBack(first);

        assertThat(order.isUnderWay(first)).isFalse();
        assertThat(order.turn(first)).isEqualTo(NOW);
    }

    /** Else a row that has just become owed would overtake the one that the store is about to name. */
    @Test
    void aKeyIsBusyWhileItsNextRowIsLookedUp() {
        order.lookUp(7L);
        assertThat(order.turn(row(2).key(7).build())).isEqualTo(AFTER_BUSY);
        assertThat(order.turn(row(3).key(8).build())).isEqualTo(NOW);
        assertThat(order.lookedUp(7L)).as("a row was passed over").isTrue();
        assertThat(order.turn(row(2).key(7).build())).isEqualTo(NOW);

        order.lookUp(7L);
        assertThat(order.lookedUp(7L)).isFalse();
    }

    @Test
    void itIsWholeUnlessABarrierIsUnderWayOrARowOfTwoKeysWasPassed() {
        OwedDelivery barrier = row(1).key(7).barrier().build();
        order.start(barrier, false);
        assertThat(order.isWhole()).isFalse();
        order.settled(barrier);
        assertThat(order.isWhole()).isTrue();

        OwedDelivery first = row(2).key(7).build();
        OwedDelivery moved = row(3).key(8).otherKey(7).build();
        order.start(first, false);
        order.turn(moved);
        assertThat(order.isWhole()).as("8 is not busy, and held all the same").isFalse();
        order.settled(first);
        order.start(moved, true);
        assertThat(order.isWhole()).isTrue();
    }
}
