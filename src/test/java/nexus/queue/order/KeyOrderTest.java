package nexus.queue.order;

import static nexus.queue.order.KeyOrder.Turn.AFTER_BUSY;
import static nexus.queue.order.KeyOrder.Turn.AFTER_OWED;
import static nexus.queue.order.KeyOrder.Turn.NOW;
import static nexus.queue.owed.OwedRow.row;
import static org.assertj.core.api.Assertions.assertThat;

import nexus.queue.owed.OwedDelivery;
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

    /** What was passed over and is not remembered goes first, wherever it is. */
    @Test
    void theNewestOfAKeyWaitsInMemoryWhileAllOfTheKeyIsKnown() {
        OwedDelivery first = row(1).key(7).build();
        assertThat(order.turnOfNewest(7L)).as("nothing is under way").isEqualTo(AFTER_OWED);
        order.start(first, false);
        assertThat(order.turnOfNewest(7L)).isEqualTo(AFTER_BUSY);
        order.delivered(first);
        assertThat(order.turnOfNewest(7L)).as("delivered, if not written down").isEqualTo(NOW);

        OwedDelivery second = row(2).key(7).build();
        order.start(second, false);
        assertThat(order.turnOfNewest(7L)).isEqualTo(AFTER_BUSY);
        order.settled(first);
        assertThat(order.turnOfNewest(7L)).isEqualTo(AFTER_BUSY);
        assertThat(order.isLast(7L)).isTrue();
        assertThat(order.settled(second)).isEmpty();
    }

    @Test
    void theNewestIsLookedUpBehindWhatWasPassedOver() {
        OwedDelivery first = row(1).key(7).build();
        order.start(first, false);
        order.turn(row(2).key(7).build());
        assertThat(order.turnOfNewest(7L)).isEqualTo(AFTER_OWED);
        order.delivered(first);
        assertThat(order.turnOfNewest(7L)).isEqualTo(AFTER_OWED);
        assertThat(order.settled(first)).containsExactly(7L);

        OwedDelivery follower = row(3).key(8).build();
        order.start(follower, true);
        assertThat(order.turnOfNewest(8L)).isEqualTo(AFTER_OWED);

        order.start(row(4).key(9).build(), false);
        order.passedBehind(9L);
        assertThat(order.turnOfNewest(9L)).as("one is no longer remembered").isEqualTo(AFTER_OWED);

        order.start(row(5).key(10).build(), false);
        order.lookUp(10L);
        assertThat(order.turnOfNewest(10L)).isEqualTo(AFTER_OWED);
    }

    /** Two look-ups at once would each find the key busy because of the other, for ever. */
    @Test
    void aKeyIsLookedUpOnceAtATimeAndOnceMoreWhenThatWasAskedForMeanwhile() {
        assertThat(order.lookUp(7L)).isTrue();
        assertThat(order.lookUp(7L)).isFalse();
        assertThat(order.lookedUp(7L)).as("it was asked for meanwhile").isTrue();
        assertThat(order.turn(row(1).key(7).build())).isEqualTo(NOW);
        assertThat(order.lookUp(7L)).isTrue();
        assertThat(order.lookedUp(7L)).isFalse();
    }
}
