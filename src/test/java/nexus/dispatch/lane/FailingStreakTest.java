package nexus.dispatch.lane;

import static nexus.dispatch.outcome.Verdict.ANSWERED;
import static nexus.dispatch.outcome.Verdict.DELIVERED;
import static nexus.dispatch.outcome.Verdict.FAILED;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import nexus.subscription.EndpointHealth.Failing;
import org.junit.jupiter.api.Test;

class FailingStreakTest {
    private static final Instant START = Instant.parse("2026-01-31T18:20:43Z");
    private static final Duration PATIENCE = Duration.ofDays(5);

    private final FailingStreak streak = new FailingStreak(Optional.empty());

    @Test
    void itIsTooLongWhenEverythingFailedForFiveDaysWhateverTheFailure() {
        for (int day = 0; day < 5; day++) {
            streak.heard(FAILED, START.plus(Duration.ofDays(day)));
            streak.heard(ANSWERED, START.plus(Duration.ofDays(day)));
        }
        Instant end = START.plus(PATIENCE);
        assertThat(streak.longerThan(PATIENCE, end.minusMillis(1))).isEmpty();
        assertThat(streak.longerThan(PATIENCE, end)).contains(new Failing(START, 10));
    }

    @Test
    void aFewAttemptsProveNothing() {
        for (int i = 0; i < 9; i++) {
            streak.heard(FAILED, START);
        }
        assertThat(streak.longerThan(PATIENCE, START.plus(Duration.ofDays(50)))).isEmpty();
    }

    @Test
    void oneDeliveryEndsIt() {
        for (int i = 0; i < 20; i++) {
            streak.heard(FAILED, START);
        }
        streak.heard(DELIVERED, START.plusSeconds(1));
        streak.heard(FAILED, START.plusSeconds(2));
        assertThat(streak.longerThan(PATIENCE, START.plus(Duration.ofDays(50)))).isEmpty();
    }

    @Test
    void onlyAStreakOfAMinuteIsStoredAndThenOnceAMinute() {
        assertThat(streak.heard(FAILED, START)).isFalse();
        assertThat(streak.heard(DELIVERED, START.plusSeconds(1))).isFalse();
        assertThat(streak.heard(FAILED, START.plusSeconds(2))).isFalse();
        assertThat(streak.heard(FAILED, START.plusSeconds(61))).isFalse();
        assertThat(streak.heard(FAILED, START.plusSeconds(62))).isTrue();
        assertThat(streak.storedAt(START.plusSeconds(62))).contains(new Failing(START.plusSeconds(2), 3));
        assertThat(streak.heard(FAILED, START.plusSeconds(121))).isFalse();
        assertThat(streak.heard(FAILED, START.plusSeconds(122))).isTrue();
        streak.storedAt(START.plusSeconds(122));
        assertThat(streak.heard(DELIVERED, START.plusSeconds(123))).isTrue();
        assertThat(streak.storedAt(START.plusSeconds(123))).isEmpty();
        assertThat(streak.heard(DELIVERED, START.plusSeconds(124))).isFalse();
    }

    @Test
    void whatWasStoredGoesOn() {
        FailingStreak restarted = new FailingStreak(Optional.of(new Failing(START, 9)));
        Instant end = START.plus(PATIENCE);
        assertThat(restarted.heard(FAILED, end)).isTrue();
        assertThat(restarted.longerThan(PATIENCE, end)).contains(new Failing(START, 10));
    }
}
