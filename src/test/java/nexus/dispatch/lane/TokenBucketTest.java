package nexus.dispatch.lane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenBucketTest {
    private static final Instant NOW = Instant.parse("2026-01-31T18:20:43.123456789Z");

    @Test
    void atOneASecondThereIsAWholeSecondBetweenAnyTwo() {
        TokenBucket bucket = new TokenBucket(1, 1);
        Instant now = NOW;
        for (int i = 0; i < 100; i++) {
            assertThat(bucket.available(now)).isEqualTo(1);
            bucket.take(now);
            assertThat(bucket.available(now)).isZero();
            assertThat(bucket.next(now)).isEqualTo(now.plusSeconds(1));
            assertThat(bucket.available(now.plusSeconds(1).minusNanos(1))).isZero();
            now = now.plusSeconds(1);
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "3, 1", "7, 1", "10, 1", "50, 1", "1000, 1", "100000, 1", "10, 0.5", "3, 0.25"})
    void whoTakesWhateverThereIsGetsTheRateAndATenthOfASecondMoreAtMost(int perSecond, double share) {
        TokenBucket bucket = new TokenBucket(perSecond, share);
        int seconds = 20;
        int taken = 0;
        for (Instant now = NOW; now.isBefore(NOW.plusSeconds(seconds)); now = now.plusMillis(3)) {
            for (int there = bucket.available(now); there > 0; there--) {
                bucket.take(now);
                taken++;
            }
        }
        double rate = perSecond * share;
        assertThat((double) taken).isBetween(rate * seconds * 0.97 - 1, rate * seconds + rate / 10 + 1);
    }

    @Test
    void afterAPauseATenthOfASecondsWorthGoesAtOnce() {
        TokenBucket bucket = new TokenBucket(200, 1);
        bucket.take(NOW);
        assertThat(bucket.available(NOW.plus(Duration.ofHours(1)))).isEqualTo(20);
    }

    @Test
    void whoGetsNothingWaitsForTheNextAndAFastLaneForTenMilliseconds() {
        TokenBucket slow = new TokenBucket(10, 1);
        slow.take(NOW);
        assertThat(slow.next(NOW.plusMillis(30))).isEqualTo(NOW.plusMillis(100));

        TokenBucket fast = new TokenBucket(1000, 1);
        for (int i = 0; i < 100; i++) {
            fast.take(NOW);
        }
        assertThat(fast.available(NOW)).isZero();
        assertThat(fast.next(NOW)).isEqualTo(NOW.plusMillis(10));
    }

    @Test
    void whatIsTakenWithoutATokenIsPaidForLater() {
        TokenBucket bucket = new TokenBucket(1, 1);
        bucket.take(NOW);
        bucket.take(NOW);
        assertThat(bucket.available(NOW.plusSeconds(1))).isZero();
        assertThat(bucket.available(NOW.plusSeconds(2))).isEqualTo(1);
    }

    @Test
    void aClockThatJumpsBackDoesNotStopTheLane() {
        TokenBucket bucket = new TokenBucket(1, 1);
        bucket.take(NOW);
        Instant back = NOW.minus(Duration.ofDays(1));
        assertThat(bucket.available(back.plusSeconds(3))).isNotPositive();
        bucket.take(back.plusSeconds(3));
        assertThat(bucket.available(back.plusSeconds(6))).isEqualTo(1);
    }

    @Test
    void aRateOfNothingIsNone() {
        assertThatIllegalArgumentException().isThrownBy(() -> new TokenBucket(0, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new TokenBucket(1, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new TokenBucket(1, 1.1));
    }
}
