package nexus.queue.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ShardHandoverTest {
    private static final Term TERM = new Term(1, 1);

    private final ShardHandover shards = new ShardHandover();

    @Test
    void nothingStartsInAShardThatLeaves() {
        assertThat(hold(Set.of(1, 2), Set.of())).isTrue();
        assertThat(shards.mayStart(1)).isTrue();

        assertThat(hold(Set.of(1, 2), Set.of(1))).as("no new shard").isFalse();
        assertThat(shards.mayStart(1)).isFalse();
        assertThat(shards.has(1)).isTrue();
        assertThat(shards.mayStart(2)).isTrue();
    }

    @Test
    void aLeavingShardIsReportedOnceWithNothingInProgress() {
        hold(Set.of(1, 2), Set.of(1));
        assertThat(shards.handOver(shard -> true)).isEmpty();
        assertThat(shards.isAnyLeaving()).isTrue();

        assertThat(shards.handOver(shard -> false)).containsExactly(1);
        assertThat(shards.has(1)).isFalse();
        assertThat(shards.isAnyLeaving()).isFalse();

        hold(Set.of(1, 2), Set.of(1)); // the lease has not responded yet
        assertThat(shards.has(1)).isFalse();
        assertThat(shards.handOver(shard -> false)).isEmpty();
    }

    @Test
    void aReportedShardThatComesBackIsNew() {
        hold(Set.of(1, 2), Set.of(1));
        shards.handOver(shard -> false);
        hold(Set.of(2), Set.of());
        assertThat(hold(Set.of(1, 2), Set.of())).isTrue();
        assertThat(shards.mayStart(1)).isTrue();
    }

    @Test
    void whateverTheLeaseSaysNothingStartsOutsideOfWhatItGives() {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            ShardHandover any = new ShardHandover();
            Set<Integer> reported = new HashSet<>();
            for (int i = 0; i < 50; i++) {
                Set<Integer> all = some(random, List.of(0, 1, 2, 3, 4));
                Set<Integer> leaving = some(random, List.copyOf(all));
                any.hold(new Holding(TERM, i, all, leaving));
                reported.retainAll(leaving);
                List<Integer> drained = any.handOver(shard -> random.nextBoolean());
                assertThat(leaving).as("seed %d", seed).containsAll(drained);
                assertThat(drained).as("seed %d: twice", seed).noneMatch(reported::contains);
                reported.addAll(drained);
                for (int lane = 0; lane < 2 * Shards.COUNT; lane++) {
                    int shard = Shards.of(lane);
                    assertThat(any.mayStart(lane))
                            .as("seed %d", seed)
                            .isEqualTo(all.contains(shard) && !leaving.contains(shard));
                    assertThat(any.has(lane))
                            .as("seed %d", seed)
                            .isEqualTo(all.contains(shard) && !reported.contains(shard));
                }
            }
        }
    }

    private boolean hold(Set<Integer> all, Set<Integer> leaving) {
        return shards.hold(new Holding(TERM, 1, all, leaving));
    }

    private static Set<Integer> some(Random random, List<Integer> of) {
        Set<Integer> some = new HashSet<>(of);
        some.removeIf(each -> random.nextBoolean());
        return some;
    }
}
