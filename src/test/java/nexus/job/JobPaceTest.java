package nexus.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class JobPaceTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    void withoutARateEveryStepIsFull() {
        JobPace pace = new JobPace(Optional.empty(), 256, 0);
        pace.take(256);

        assertThat(pace.available(1)).isEqualTo(256);
        assertThat(pace.waitMillis(1)).isEqualTo(1);
    }

    @Test
    void aRateIsKeptHoweverOftenItIsAsked() {
        Random random = new Random(5);
        for (int perSecond : new int[] {1, 3, 10, 999, 100_000}) {
            JobPace pace = new JobPace(Optional.of(perSecond), 256, 7);
            long now = 7;
            long taken = 0;
            while (now < 7 + 20 * SECOND) {
                now += 1 + random.nextInt(100_000_000);
                int most = pace.available(now);
                assertThat(most).isBetween(0, 256);
                int events = most == 0 ? 0 : 1 + random.nextInt(most);
                pace.take(events);
                taken += events;
            }
            assertThat(taken)
                    .as("%d a second", perSecond)
                    .isLessThanOrEqualTo(perSecond * 21L)
                    .isPositive();
        }
    }

    @Test
    void itStartsEmptyAndSaysWhenTheNextIsThere() {
        JobPace pace = new JobPace(Optional.of(2), 256, 0);

        assertThat(pace.available(0)).isZero();
        assertThat(pace.waitMillis(0)).isEqualTo(500);
        assertThat(pace.available(SECOND / 2)).isEqualTo(1);
    }
}
