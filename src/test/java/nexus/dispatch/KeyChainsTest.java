package nexus.dispatch;

import static nexus.dispatch.OwedRow.row;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import nexus.queue.KeyRun;
import nexus.queue.OwedDelivery;
import org.junit.jupiter.api.Test;

class KeyChainsTest {
    private static final Instant NOW = Instant.parse("2026-01-31T18:20:43Z");

    private final KeyChains chains = new KeyChains();
    private final OwedDelivery first = row(1).key(7).build();
    private final OwedDelivery second = row(2).key(7).build();
    private final OwedDelivery third = row(3).key(7).build();

    @Test
    void oneFollowsTheOtherInOrder() {
        chains.started(new KeyRun(1, 7, List.of(first, second, third)), NOW);

        assertThat(chains.next(first, NOW)).isEqualTo(second);
        assertThat(chains.next(second, NOW)).isEqualTo(third);
        assertThat(chains.next(third, NOW)).isNull();
    }

    @Test
    void itEndsAtARowThatSomethingElseHolds() {
        chains.started(
                new KeyRun(1, 7, List.of(first, second, row(3).key(7).behind().build(), third)), NOW);
        assertThat(chains.next(first, NOW)).isEqualTo(second);
        assertThat(chains.next(second, NOW)).isNull();

        chains.started(new KeyRun(1, 7, List.of(first, row(2).key(7).due(NOW).build())), NOW);
        assertThat(chains.next(first, NOW)).isNull();

        chains.started(new KeyRun(1, 7, List.of(first, row(2).key(7).otherKey(8).build())), NOW);
        assertThat(chains.next(first, NOW)).isNull();
    }

    @Test
    void afterAFailureAndAfterASecondItIsForgotten() {
        chains.started(new KeyRun(1, 7, List.of(first, second)), NOW);
        chains.forget(first);
        assertThat(chains.next(first, NOW)).isNull();

        chains.started(new KeyRun(1, 7, List.of(first, second)), NOW);
        assertThat(chains.next(first, NOW.plusSeconds(1))).isNull();
    }

    @Test
    void aRowWithoutAKeyHasNoneBehindIt() {
        assertThat(chains.next(row(1).build(), NOW)).isNull();
    }
}
