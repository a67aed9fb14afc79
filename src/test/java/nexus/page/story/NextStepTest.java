package nexus.page.story;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import nexus.page.story.NextStep.Owed;
import nexus.retry.Backoff;
import nexus.retry.RetryPolicy;
import org.junit.jupiter.api.Test;

class NextStepTest {
    private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");
    private static final RetryPolicy POLICY =
            new RetryPolicy(16, new Backoff(Duration.ofSeconds(5), Duration.ofHours(10)), Set.of());

    @Test
    void waitFollowsFromTheBackoff() {
        NextStep next = failed(4, 0, 503, NOW.minusSeconds(2), Duration.ofSeconds(40), 0, LaneStanding.SENDING);

        assertThat(next.headline()).isEqualTo("Attempt 5 is due in 38 s.");
        assertThat(next.reasons())
                .containsExactly(
                        "The wait of 40 s is 5 s doubled 3 times, 40 s, give or take a fifth, so that failed deliveries do"
                                + " not all come back at once.",
                        "After 12 more failed attempts it is given up.");
    }

    @Test
    void firstWaitIsTheBase() {
        assertThat(failed(1, 0, 500, NOW, Duration.ofSeconds(6), 0, LaneStanding.SENDING)
                        .reasons())
                .first()
                .asString()
                .startsWith("The wait of 6 s is the first wait, 5 s");
    }

    @Test
    void longWaitIsThatOfRetryAfter() {
        assertThat(failed(1, 0, 429, NOW, Duration.ofMinutes(2), 0, LaneStanding.SENDING)
                        .reasons())
                .first()
                .isEqualTo("The endpoint asked for this wait of 2 min with Retry-After.");
    }

    @Test
    void retryByHandGivesANewBudget() {
        assertThat(failed(18, 16, 500, NOW, Duration.ofSeconds(10), 0, LaneStanding.SENDING)
                        .reasons())
                .contains("After 14 more failed attempts it is given up.")
                .first()
                .asString()
                .contains("5 s doubled 1 time, 10 s");
    }

    @Test
    void earlierDeliveriesAndTheBreakerHoldIt() {
        LaneStanding open = new LaneStanding(false, "active", Optional.empty(), Optional.of(NOW.plusSeconds(60)));
        NextStep next = failed(2, 0, 500, NOW, Duration.ofSeconds(10), 3, open);

        assertThat(next.headline()).startsWith("It is held.");
        assertThat(next.reasons()).element(0).asString().contains("3 earlier deliveries");
        assertThat(next.reasons()).element(1).asString().contains("the next probe is due in 1 min");
    }

    @Test
    void heldByStateOfItsSubscription() {
        for (String state : new String[] {"paused", "disabled"}) {
            LaneStanding lane = new LaneStanding(false, state, Optional.empty(), Optional.empty());
            NextStep next = NextStep.of(owed(Status.PENDING, 0, 0, Optional.empty(), 0), POLICY, lane, NOW);

            assertThat(next.headline()).startsWith("It is held.");
            assertThat(next.reasons()).first().asString().contains(state);
        }
    }

    @Test
    void deadSaysWhyAndWhetherItCanBeRetried() {
        Owed dead = owed(Status.DEAD, 16, 0, Optional.of("exhausted"), 0);

        assertThat(NextStep.of(dead, POLICY, LaneStanding.SENDING, NOW).headline())
                .contains("All attempts were made");
        assertThat(NextStep.of(dead, POLICY, LaneStanding.SENDING, NOW).reasons())
                .containsExactly("The limit is 16 attempts.", "Retry sends it again, with all attempts anew.");
        assertThat(NextStep.of(dead, POLICY, LaneStanding.DELETED, NOW).reasons())
                .last()
                .asString()
                .startsWith("It cannot be retried");
    }

    @Test
    void overdueHoldIsNone() {
        LaneStanding past = new LaneStanding(false, "active", Optional.of(NOW.minusSeconds(1)), Optional.empty());

        assertThat(past.obstacle(NOW)).isEmpty();
    }

    @Test
    void durationsHaveTwoUnitsAtMost() {
        assertThat(Spans.of(Duration.ofMillis(240))).isEqualTo("240 ms");
        assertThat(Spans.of(Duration.ofSeconds(250))).isEqualTo("4 min 10 s");
        assertThat(Spans.of(Duration.ofMinutes(192))).isEqualTo("3 h 12 min");
        assertThat(Spans.of(Duration.ofDays(2))).isEqualTo("2 d");
        assertThat(Spans.of(Duration.ofSeconds(-1))).isEqualTo("0 s");
        assertThat(Spans.until(NOW.minusSeconds(1), NOW)).isEqualTo("now");
    }

    @Test
    void planSaysRateAndEnd() {
        RetryPlan limited =
                RetryPlan.of("crm", 1_204, Optional.of(10), 32, Optional.of(20.0), LaneStanding.SENDING, NOW);
        RetryPlan unlimited =
                RetryPlan.of("crm", 1_000, Optional.empty(), 10, Optional.of(100.0), LaneStanding.SENDING, NOW);
        RetryPlan unknown = RetryPlan.of("crm", 5, Optional.empty(), 10, Optional.empty(), LaneStanding.DELETED, NOW);

        assertThat(limited.words()).isEqualTo("at most 10 per second (rateLimit); done in about 2 min 1 s");
        assertThat(limited.end(NOW)).contains(NOW.plusSeconds(121));
        assertThat(unlimited.words()).endsWith("done in about 10 s");
        assertThat(unknown.end(NOW)).isEmpty();
        assertThat(unknown.obstacle()).isPresent();
    }

    private static NextStep failed(
            int attempts, int before, int code, Instant lastAt, Duration wait, int ahead, LaneStanding lane) {
        return NextStep.of(
                new Owed(
                        Status.FAILED,
                        Optional.empty(),
                        attempts,
                        before,
                        Optional.of(lastAt.plus(wait)),
                        Optional.of(lastAt),
                        Duration.ZERO,
                        Optional.of(code),
                        ahead),
                POLICY,
                lane,
                NOW);
    }

    private static Owed owed(Status status, int attempts, int before, Optional<String> deadReason, int ahead) {
        return new Owed(
                status,
                deadReason,
                attempts,
                before,
                Optional.empty(),
                Optional.empty(),
                Duration.ZERO,
                Optional.empty(),
                ahead);
    }
}
