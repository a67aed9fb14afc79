package nexus.dispatch.outcome;

import static nexus.queue.owed.OwedRow.row;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import nexus.queue.settle.Outcome;
import nexus.retry.Backoff;
import nexus.retry.RetryPolicy;
import nexus.target.Answer;
import nexus.target.SendResult;
import nexus.target.SendResult.Extent;
import org.junit.jupiter.api.Test;

class OutcomeDecisionTest {
    private static final RetryPolicy POLICY =
            new RetryPolicy(16, new Backoff(Duration.ofSeconds(5), Duration.ofHours(10)), Set.of());

    @Test
    void aRetryIsRememberedWithNoMoreDigitsThanTheStoreKeeps() {
        Instant now = Instant.parse("2026-01-31T18:20:43.123456789Z");
        Outcome outcome = OutcomeDecision.of(
                row(1).build(),
                new SendResult.Refused(
                        "answered 500", new Answer(500, ""), new Extent.AllForNow(Optional.empty()), Duration.ZERO),
                Optional.empty(),
                POLICY,
                now,
                now,
                () -> 0.5);
        assertThat(outcome).isInstanceOfSatisfying(Outcome.Again.class, again -> assertThat(again.due())
                .isEqualTo(Instant.parse("2026-01-31T18:20:48.123456Z")));
    }

    @Test
    void aDeliveryAsksForNoRandomness() {
        Instant now = Instant.parse("2026-01-31T18:20:43Z");
        Outcome outcome = OutcomeDecision.of(
                row(1).build(),
                new SendResult.Delivered(new Answer(200, ""), Duration.ZERO),
                Optional.empty(),
                POLICY,
                now,
                now,
                () -> {
                    throw new AssertionError("nothing is random here");
                });
        assertThat(outcome).isInstanceOf(Outcome.Sent.class);
    }

    @Test
    void aDeliveryThatIsRefusedForGoodIsDeadAtItsFirstAttempt() {
        Instant now = Instant.parse("2026-01-31T18:20:43Z");
        SendResult refused = new SendResult.Refused(
                "no such recipient", new Answer(550, ""), new Extent.ThisDeliveryForGood(), Duration.ZERO);
        assertThat(OutcomeDecision.of(row(1).build(), refused, Optional.empty(), POLICY, now, now, () -> 0.5))
                .isInstanceOfSatisfying(
                        Outcome.Dead.class, dead -> assertThat(dead.reason()).isEqualTo("refused"));
    }

    @Test
    void anAttemptWhileTheTargetIsOutOfServiceNeverGivesADeliveryUp() {
        Instant now = Instant.parse("2026-01-31T18:20:43Z");
        RetryPolicy once = new RetryPolicy(1, new Backoff(Duration.ofSeconds(5), Duration.ofHours(10)), Set.of(535));
        SendResult none = new SendResult.OutOfService("no login", new Answer(535, ""), Duration.ZERO);
        assertThat(OutcomeDecision.of(row(1).build(), none, Optional.empty(), once, now, now, () -> 0.5))
                .isInstanceOfSatisfying(
                        Outcome.Again.class, again -> assertThat(again.due()).isEqualTo(now.plusSeconds(5)));
    }
}
