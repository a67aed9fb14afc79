package nexus.queue.order;

import static nexus.queue.owed.OwedRow.row;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import nexus.queue.owed.KeyQueue;
import nexus.queue.owed.OwedDelivery;
import org.junit.jupiter.api.Test;

class KeyChainsTest {
    private static final Instant NOW = Instant.parse("2026-01-31T18:20:43Z");

    private final List<OwedDelivery> forgotten = new ArrayList<>();
    private final KeyChains chains = new KeyChains(waiting -> forgotten.add(waiting.row()));
    private final OwedDelivery first = row(1).key(7).build();
    private final OwedDelivery second = row(2).key(7).build();
    private final OwedDelivery third = row(3).key(7).build();

    @Test
    void oneFollowsTheOtherInOrder() {
        chains.started(new KeyQueue(1, 7, List.of(first, second, third)), NOW);

        assertNext(first, second, false);
        assertNext(second, third, false);
        assertThat(chains.next(third, NOW)).isNull();
        assertThat(forgotten).isEmpty();
    }

    private void assertNext(OwedDelivery delivered, OwedDelivery next, boolean isWhole) {
        assertThat(chains.next(delivered, NOW)).satisfies(follower -> {
            assertThat(follower.waiting().row()).isEqualTo(next);
            assertThat(follower.isWhole()).isEqualTo(isWhole);
        });
    }

    @Test
    void itEndsAtARowThatSomethingElseHolds() {
        chains.started(
                new KeyQueue(1, 7, List.of(first, second, row(3).key(7).behind().build(), third)), NOW);
        assertNext(first, second, false);
        assertThat(chains.next(second, NOW)).isNull();

        chains.started(new KeyQueue(1, 7, List.of(first, row(2).key(7).due(NOW).build())), NOW);
        assertThat(chains.next(first, NOW)).isNull();

        chains.started(
                new KeyQueue(1, 7, List.of(first, row(2).key(7).otherKey(8).build())), NOW);
        assertThat(chains.next(first, NOW)).isNull();
    }

    @Test
    void whatHasJustBecomeOwedFollowsAndIsAllThereIs() {
        assertThat(chains.follows(new Waiting(second, NOW))).isTrue();
        assertThat(chains.follows(new Waiting(third, NOW))).isTrue();
        assertThat(chains.size()).isEqualTo(2);

        assertNext(first, second, true);
        assertNext(second, third, true);
        assertThat(chains.size()).isZero();
    }

    @Test
    void nothingFollowsWhereMoreMayBeOwedThanIsKnown() {
        chains.started(new KeyQueue(1, 7, List.of(first, second)), NOW);
        assertThat(chains.follows(new Waiting(third, NOW))).isFalse();

        assertThat(chains.follows(new Waiting(row(4).key(8).otherKey(9).build(), NOW)))
                .isFalse();
        assertThat(chains.follows(new Waiting(row(5).key(8).barrier().build(), NOW)))
                .isFalse();
        assertThat(chains.follows(new Waiting(row(6).build(), NOW))).isFalse();
    }

    @Test
    void noMoreIsRememberedOfAKeyThanInOneRun() {
        for (int i = 0; i < KeyQueue.LONGEST; i++) {
            assertThat(chains.follows(new Waiting(row(2 + i).key(7).build(), NOW)))
                    .isTrue();
        }
        assertThat(chains.follows(new Waiting(row(99).key(7).build(), NOW))).isFalse();
    }

    @Test
    void whatIsForgottenIsTold() {
        chains.started(new KeyQueue(1, 7, List.of(first, second)), NOW);
        assertThat(chains.forget(7L)).isTrue();
        assertThat(chains.next(first, NOW)).isNull();
        assertThat(chains.forget(7L)).isFalse();

        chains.follows(new Waiting(row(3).key(8).build(), NOW));
        assertThat(chains.forgetAll()).containsExactly(8L);
        assertThat(forgotten).containsExactly(second, row(3).key(8).build());
        assertThat(chains.size()).isZero();
    }

    @Test
    void afterTwoSecondsItSaysNothingAnyMore() {
        chains.started(new KeyQueue(1, 7, List.of(first, second)), NOW);
        assertThat(chains.next(first, NOW.plusSeconds(2))).isNull();
    }

    @Test
    void aRowWithoutAKeyHasNoneBehindIt() {
        assertThat(chains.next(row(1).build(), NOW)).isNull();
    }
}
