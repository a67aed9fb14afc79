package nexus.retry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RetryPolicyTest {
    private static final Instant NOW = Instant.parse("2026-01-31T18:20:43Z");
    private static final double MIDDLE = 0.5;

    private final Backoff backoff = new Backoff(Duration.ofSeconds(5), Duration.ofHours(10));
    private final RetryPolicy policy = new RetryPolicy(16, backoff, Set.of(400));

    @Test
    void theWaitDoublesUpToTheCap() {
        assertThat(backoff.after(1, MIDDLE)).isEqualTo(Duration.ofSeconds(5));
        assertThat(backoff.after(2, MIDDLE)).isEqualTo(Duration.ofSeconds(10));
        assertThat(backoff.after(13, MIDDLE)).isEqualTo(Duration.ofSeconds(20_480));
        assertThat(backoff.after(14, MIDDLE)).isEqualTo(Duration.ofHours(10));
        assertThat(backoff.after(1000, MIDDLE)).isEqualTo(Duration.ofHours(10));
    }

    @Test
    void theWaitIsSpreadByAFifthToBothSides() {
        assertThat(backoff.after(1, 0)).isEqualTo(Duration.ofSeconds(4));
        assertThat(backoff.after(1, 0.999_999)).isEqualTo(Duration.ofSeconds(6));
    }

    @Test
    void theDefaultsEndAfterAboutThirtyOneHours() {
        Duration all = Duration.ZERO;
        for (int attempt = 1; attempt < 16; attempt++) {
            all = all.plus(backoff.after(attempt, MIDDLE));
        }
        assertThat(all).isBetween(Duration.ofHours(31), Duration.ofHours(32));
    }

    @Test
    void theLastAttemptOfTheBudgetIsFollowedByNone() {
        assertThat(policy.decide(FailedAttempt.NO_ANSWER, 15, NOW, MIDDLE)).isInstanceOf(RetryDecision.RetryAt.class);
        assertThat(policy.decide(FailedAttempt.NO_ANSWER, 16, NOW, MIDDLE))
                .isEqualTo(new RetryDecision.GiveUp(RetryDecision.Reason.EXHAUSTED));
    }

    @Test
    void goneAndChosenStatusesAreFinalAtOnce() {
        assertThat(policy.decide(status(410), 1, NOW, MIDDLE))
                .isEqualTo(new RetryDecision.GiveUp(RetryDecision.Reason.GONE));
        assertThat(policy.decide(status(400), 1, NOW, MIDDLE))
                .isEqualTo(new RetryDecision.GiveUp(RetryDecision.Reason.REFUSED));
        assertThat(policy.decide(status(404), 1, NOW, MIDDLE)).isInstanceOf(RetryDecision.RetryAt.class);
    }

    @Test
    void theEndpointMayAskForLongerThanTheBackoffButNotForLess() {
        FailedAttempt busy = new FailedAttempt(Optional.of(503), false, Optional.of(Duration.ofMinutes(2)));
        assertThat(policy.decide(busy, 1, NOW, MIDDLE)).isEqualTo(new RetryDecision.RetryAt(NOW.plusSeconds(120)));
        assertThat(policy.decide(busy, 10, NOW, MIDDLE)).isEqualTo(new RetryDecision.RetryAt(NOW.plusSeconds(2560)));
    }

    private static FailedAttempt status(int status) {
        return new FailedAttempt(Optional.of(status), status == 410, Optional.empty());
    }
}
