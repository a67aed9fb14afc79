package nexus.dispatch.lane;

import static nexus.dispatch.outcome.Verdict.ANSWERED;
import static nexus.dispatch.outcome.Verdict.DELIVERED;
import static nexus.dispatch.outcome.Verdict.FAILED;
import static nexus.dispatch.outcome.Verdict.OUT_OF_SERVICE;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nexus.dispatch.outcome.DeliveryConfig;
import nexus.dispatch.outcome.Verdict;
import nexus.subscription.EndpointHealth.Opened;
import nexus.target.Answer;
import nexus.target.SendResult;
import nexus.target.SendResult.Extent;
import nexus.testkit.Configs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BreakerTest {
    private static final DeliveryConfig.Breaker RULES =
            Configs.of(DeliveryConfig.class).breaker();

    private final Breaker breaker = new Breaker(RULES, Optional.empty());
    private Instant now = Instant.parse("2026-01-31T18:20:43Z");

    @Test
    void itOpensAtTheTenthFailureInARow() {
        for (int i = 0; i < 9; i++) {
            assertThat(hear(FAILED)).isFalse();
        }
        assertThat(breaker.isClosed()).isTrue();
        assertThat(hear(FAILED)).isTrue();
        assertThat(breaker.opened()).contains(new Opened(now, now.plusSeconds(5), 0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"DELIVERED", "ANSWERED"})
    void anAnswerInBetweenStartsTheRowAnew(Verdict answer) {
        for (int i = 0; i < 9; i++) {
            hear(FAILED);
        }
        hear(answer);
        for (int i = 0; i < 9; i++) {
            hear(FAILED);
        }
        assertThat(breaker.isClosed()).isTrue();
    }

    @Test
    void itOpensWhenMoreThanHalfOfTwentyFail() {
        for (int i = 0; i < 10; i++) {
            hear(DELIVERED);
            hear(FAILED);
        }
        assertThat(breaker.isClosed()).as("half is not more than half").isTrue();
        assertThat(hear(FAILED)).isTrue();
    }

    @Test
    void fewerThanTwentyProveNothing() {
        for (int i = 0; i < 6; i++) {
            hear(FAILED);
            hear(FAILED);
            hear(DELIVERED);
        }
        assertThat(breaker.isClosed()).as("12 of 18").isTrue();
        hear(DELIVERED);
        assertThat(hear(FAILED)).as("13 of 20").isTrue();
    }

    @Test
    void whatIsOlderThanAMinuteIsForgotten() {
        for (int i = 0; i < 6; i++) {
            hear(FAILED);
            hear(FAILED);
            hear(DELIVERED);
        }
        now = now.plusSeconds(61);
        hear(DELIVERED);
        hear(FAILED);
        hear(FAILED);
        assertThat(breaker.isClosed()).isTrue();
    }

    @Test
    void aReceiverThatRefusesPayloadsKeepsItClosed() {
        for (int i = 0; i < 1000; i++) {
            assertThat(hear(ANSWERED)).isFalse();
        }
    }

    @Test
    void probesComeAfterFiveSecondsAndThenTwiceAsLateUpToFiveMinutes() {
        open();
        List<Long> waits = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            Opened opened = breaker.opened().orElseThrow();
            waits.add(Duration.between(now, opened.nextProbeAt()).toSeconds());
            now = opened.nextProbeAt().minusMillis(1);
            assertThat(breaker.isProbeDue(now)).isFalse();
            now = opened.nextProbeAt();
            assertThat(breaker.isProbeDue(now)).isTrue();
            assertThat(breaker.heard(FAILED, true, now, now)).isTrue();
        }
        assertThat(waits).containsExactly(5L, 10L, 20L, 40L, 80L, 160L, 300L, 300L, 300L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"DELIVERED", "ANSWERED"})
    void aProbeThatIsAnsweredClosesItAndItsPastIsForgotten(Verdict answer) {
        open();
        now = now.plusSeconds(5);
        assertThat(breaker.heard(answer, true, now, now)).isTrue();
        assertThat(breaker.isClosed()).isTrue();
        for (int i = 0; i < 9; i++) {
            assertThat(hear(FAILED)).isFalse();
        }
    }

    @Test
    void whatWasUnderWayWhenItOpenedSaysNothing() {
        open();
        Instant before = now.minusSeconds(1);
        assertThat(breaker.heard(DELIVERED, false, before, now.plusSeconds(2))).isFalse();
        assertThat(breaker.heard(FAILED, false, before, now.plusSeconds(2))).isFalse();
        assertThat(breaker.opened().orElseThrow().nextProbeAt()).isEqualTo(now.plusSeconds(5));
    }

    @Test
    void aRetryByHandThatArrivesClosesItAndOneThatFailsPutsNoProbeOff() {
        open();
        assertThat(breaker.heard(FAILED, false, now, now.plusSeconds(1))).isFalse();
        assertThat(breaker.opened().orElseThrow().nextProbeAt()).isEqualTo(now.plusSeconds(5));
        assertThat(breaker.heard(DELIVERED, false, now, now.plusSeconds(1))).isTrue();
        assertThat(breaker.isClosed()).isTrue();
    }

    /** Otherwise the endpoint gets nothing for as long as the jump was. */
    @Test
    void aClockThatJumpsBackMakesTheProbeDueAndCountsFromThen() {
        open();
        now = now.minus(Duration.ofHours(1));
        assertThat(breaker.isProbeDue(now)).isTrue();
        assertThat(breaker.heard(FAILED, true, now, now)).isTrue();
        assertThat(breaker.opened()).contains(new Opened(now, now.plusSeconds(10), 1));
        assertThat(breaker.isProbeDue(now.plusSeconds(9))).isFalse();

        now = now.minus(Duration.ofHours(1));
        assertThat(breaker.heard(DELIVERED, true, now, now)).isTrue();
        assertThat(breaker.isClosed()).isTrue();
    }

    @Test
    void whatWasStoredGoesOn() {
        Breaker restarted = new Breaker(RULES, Optional.of(new Opened(now.minusSeconds(100), now.plusSeconds(30), 4)));
        assertThat(restarted.isProbeDue(now)).isFalse();
        assertThat(restarted.heard(FAILED, true, now.plusSeconds(30), now.plusSeconds(31)))
                .isTrue();
        assertThat(restarted.opened()).contains(new Opened(now.minusSeconds(100), now.plusSeconds(31 + 160), 5));
    }

    @Test
    void aTargetThatIsOutOfServiceOpensItAtOnceAndKeepsItOpen() {
        assertThat(hear(OUT_OF_SERVICE)).isTrue();
        assertThat(breaker.heard(OUT_OF_SERVICE, true, now, now)).isTrue();
        assertThat(breaker.opened()).get().returns(1, Opened::failedProbes);
        assertThat(breaker.heard(DELIVERED, true, now, now)).isTrue();
        assertThat(breaker.isClosed()).isTrue();
    }

    @Test
    void onlyWhatTheTargetItselfIsToBlameForIsAFailure() {
        assertThat(Verdict.of(new SendResult.Delivered(new Answer(200, ""), Duration.ZERO)))
                .isEqualTo(DELIVERED);
        assertThat(refused(new Extent.ThisDelivery())).isEqualTo(ANSWERED);
        assertThat(refused(new Extent.ThisDeliveryForGood())).isEqualTo(ANSWERED);
        assertThat(refused(new Extent.AllForGood("gone"))).isEqualTo(ANSWERED);
        assertThat(refused(new Extent.AllForNow(Optional.empty()))).isEqualTo(FAILED);
        assertThat(Verdict.of(new SendResult.Unreachable("refused", Duration.ZERO)))
                .isEqualTo(FAILED);
        assertThat(Verdict.of(new SendResult.TimedOut("connecting", Duration.ZERO)))
                .isEqualTo(FAILED);
        assertThat(Verdict.of(new SendResult.Blocked("10.0.0.1", Duration.ZERO)))
                .isEqualTo(FAILED);
        assertThat(Verdict.of(new SendResult.OutOfService("no login", null, Duration.ZERO)))
                .isEqualTo(OUT_OF_SERVICE);
    }

    private static Verdict refused(Extent extent) {
        return Verdict.of(new SendResult.Refused("no", new Answer(400, ""), extent, Duration.ZERO));
    }

    private void open() {
        for (int i = 0; i < 10; i++) {
            hear(FAILED);
        }
        assertThat(breaker.isClosed()).isFalse();
    }

    private boolean hear(Verdict verdict) {
        return breaker.heard(verdict, false, now, now);
    }
}
