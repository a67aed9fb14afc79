package nexus.queue.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ShardShareTest {
    private static final TreeSet<Integer> ALL =
            IntStream.range(0, Shards.COUNT).boxed().collect(Collectors.toCollection(TreeSet::new));

    @Test
    void sharesDifferByOneAtMostAndTogetherAreAllShards() {
        for (int processes = 1; processes <= 70; processes++) {
            int count = processes;
            int[] shares = IntStream.range(0, processes)
                    .map(rank -> ShardShare.of(rank, count))
                    .toArray();
            assertThat(IntStream.of(shares).sum()).isEqualTo(Shards.COUNT);
            assertThat(IntStream.of(shares).max().orElseThrow()
                            - IntStream.of(shares).min().orElseThrow())
                    .isLessThanOrEqualTo(1);
        }
    }

    @Test
    void whoHasTooManyGivesUpWhatIsTooMany() {
        assertThat(ShardShare.tooMany(ALL, 32)).hasSize(32);
        assertThat(ShardShare.tooMany(ALL, 64)).isEmpty();
        assertThat(ShardShare.tooMany(ALL, 0)).isEqualTo(ALL);
        assertThat(ShardShare.tooMany(new TreeSet<>(Set.of(3, 9)), 22)).isEmpty();
    }

    @Test
    void lanesThatFollowEachOtherArePartedBetweenTwo() {
        Set<Integer> given = ShardShare.tooMany(ALL, 32);

        for (int lane = 1; lane < 200; lane++) {
            assertThat(given.contains(Shards.of(lane))).isNotEqualTo(given.contains(Shards.of(lane + 1)));
        }
    }
}
