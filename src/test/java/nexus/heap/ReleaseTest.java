package nexus.heap;

import static org.assertj.core.api.Assertions.assertThat;

import nexus.heap.Release.Look;
import org.junit.jupiter.api.Test;

class ReleaseTest {
    private static final long MIB = 1 << 20;

    private final Release release = new Release(new Look(20 * MIB, 0));

    @Test
    void theGarbageOfTheStartIsGivenBackWhenTheStartIsOver() {
        assertThat(release.isDue(new Look(40 * MIB, 0))).isFalse();
        assertThat(release.isDue(new Look(41 * MIB, 0))).isTrue();
        release.done(new Look(15 * MIB, 1));
        assertThat(release.isDue(new Look(16 * MIB, 1))).isFalse();
    }

    @Test
    void underLoadNothingIsCollectedForIt() {
        settle();
        for (int look = 2; look < 100; look++) {
            assertThat(release.isDue(new Look((20 + look % 7 * 30) * MIB, look)))
                    .isFalse();
        }
    }

    @Test
    void aSteadyLoadWithoutACollectionIsALoad() {
        settle();
        for (int look = 1; look < 20; look++) {
            assertThat(release.isDue(new Look((15 + look * 5) * MIB, 1))).isFalse();
        }
        assertThat(release.isDue(new Look(111 * MIB, 1))).isTrue();
    }

    @Test
    void afterALoadMemoryIsGivenBackOnceAndThenWhenItIsWorthwhile() {
        settle();
        assertThat(release.isDue(new Look(200 * MIB, 9))).isFalse();
        assertThat(release.isDue(new Look(201 * MIB, 9))).isTrue();
        release.done(new Look(20 * MIB, 10));
        for (int look = 1; look < 6; look++) {
            assertThat(release.isDue(new Look((20 + look) * MIB, 10))).isFalse();
        }
        assertThat(release.isDue(new Look(26 * MIB, 10))).isTrue();
    }

    private void settle() {
        assertThat(release.isDue(new Look(20 * MIB, 0))).isTrue();
        release.done(new Look(15 * MIB, 1));
    }
}
