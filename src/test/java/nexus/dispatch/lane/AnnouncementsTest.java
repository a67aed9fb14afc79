package nexus.dispatch.lane;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import nexus.dispatch.outcome.Verdict;
import nexus.subscription.EndpointHealth.Alert;
import nexus.target.Answer;
import nexus.target.SendResult;
import nexus.target.SendResult.Extent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class AnnouncementsTest {
    private static final Instant NOW = Instant.parse("2026-01-31T18:20:43Z");
    private static final Instant SINCE = NOW.minusSeconds(90);
    private static final Duration TOOK = Duration.ofMillis(5);
    private static final SendResult DELIVERED = new SendResult.Delivered(new Answer(200, ""), TOOK);
    private static final SendResult UNREACHABLE = new SendResult.Unreachable("to 10.1.2.3, secret", TOOK);

    private final Announcements announcements = new Announcements(Optional.empty());

    @Test
    void aFailureIsAnnouncedOnceWhenTheBreakerOpensAndTheRecoveryOnceWhenItCloses() {
        assertThat(heard(UNREACHABLE, false, 0)).isFalse();
        assertThat(heard(UNREACHABLE, true, 1)).isTrue();
        assertThat(announcements.last())
                .contains(new Alert(true, SINCE, NOW.plusSeconds(1), "not reachable", Optional.empty(), true));
        assertThat(heard(UNREACHABLE, true, 2)).isFalse();
        assertThat(heard(DELIVERED, false, 3)).isTrue();
        assertThat(announcements.last())
                .contains(new Alert(false, SINCE, NOW.plusSeconds(3), "not reachable", Optional.empty(), true));
        assertThat(heard(DELIVERED, false, 4)).isFalse();
    }

    @Test
    void aBreakerThatWasResetByAChangeIsNoRecoveryUntilSomethingArrives() {
        heard(UNREACHABLE, true, 1);
        assertThat(heard(UNREACHABLE, false, 2)).isFalse();
        assertThat(heard(UNREACHABLE, true, 3)).as("it still fails").isFalse();
        assertThat(heard(DELIVERED, false, 4)).isTrue();
    }

    @Test
    void anotherProcessGoesOnFromWhatIsStored() {
        Announcements failing =
                new Announcements(Optional.of(new Alert(true, SINCE, NOW, "answered 503", Optional.of(503), false)));
        assertThat(failing.isDue()).isFalse();
        assertThat(failing.heard(UNREACHABLE, Verdict.FAILED, true, SINCE, false, NOW))
                .isFalse();
        assertThat(failing.heard(DELIVERED, Verdict.DELIVERED, false, SINCE, false, NOW))
                .isTrue();
    }

    @Test
    void anEndpointThatGetsItsOwnAnnouncementsIsAnnouncedOnceAnHour() {
        List<Long> announced = new ArrayList<>();
        for (long second = 0; second < 7_200; second += 60) { // it opens and closes every minute
            for (boolean open : List.of(true, false)) {
                if (announcements.heard(
                        open ? UNREACHABLE : DELIVERED,
                        open ? Verdict.FAILED : Verdict.DELIVERED,
                        open,
                        SINCE,
                        true,
                        NOW.plusSeconds(second + (open ? 0 : 30)))) {
                    announced.add(second);
                }
            }
        }
        assertThat(announced).containsExactly(0L, 0L, 3_660L, 3_660L);
        assertThat(announcements.heard(UNREACHABLE, Verdict.FAILED, true, SINCE, true, NOW.minusSeconds(5)))
                .as("a clock that was wrong holds nothing back")
                .isTrue();
    }

    static Stream<Arguments> failures() {
        Extent busy = new Extent.AllForNow(Optional.empty());
        return Stream.of(
                Arguments.of(
                        new SendResult.Refused("secret", new Answer(503, "secret"), busy, TOOK), "answered 503", 503),
                Arguments.of(new SendResult.Refused("secret", new Answer(null, "secret"), busy, TOOK), "refused", 0),
                Arguments.of(
                        new SendResult.OutOfService("secret", new Answer(535, "secret"), TOOK), "answered 535", 535),
                Arguments.of(new SendResult.OutOfService("secret", null, TOOK), "out of service", 0),
                Arguments.of(new SendResult.TimedOut("secret", TOOK), "timed out", 0),
                Arguments.of(new SendResult.Blocked("10.0.0.1", TOOK), "the address must not be reached", 0),
                Arguments.of(UNREACHABLE, "not reachable", 0));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void theClassOfTheFailureIsNamedAndNothingThatAReceiverSaid(SendResult result, String error, int status) {
        assertThat(heard(result, true, 1)).isTrue();
        Alert alert = announcements.last().orElseThrow();
        assertThat(alert.error()).isEqualTo(error);
        assertThat(alert.statusCode().orElse(0)).isEqualTo(status);
    }

    /** Whatever happens and whenever another process takes over, a failure and a recovery take turns. */
    @Test
    void failuresAndRecoveriesTakeTurns() {
        Random random = new Random(11);
        for (int round = 0; round < 200; round++) {
            Announcements current = new Announcements(Optional.empty());
            boolean failing = false;
            for (int step = 0; step < 100; step++) {
                boolean failed = random.nextBoolean();
                boolean open = failed && random.nextBoolean();
                boolean isNew = current.heard(
                        failed ? UNREACHABLE : DELIVERED,
                        failed ? Verdict.FAILED : Verdict.DELIVERED,
                        open,
                        SINCE,
                        random.nextInt(4) == 0,
                        NOW.plusSeconds(step * 600L));
                if (isNew) {
                    assertThat(current.last().orElseThrow().isFailing()).isEqualTo(!failing);
                    failing = !failing;
                }
                if (random.nextInt(10) == 0) {
                    current = new Announcements(current.last());
                }
            }
        }
    }

    private boolean heard(SendResult result, boolean isOpen, long second) {
        return announcements.heard(result, Verdict.of(result), isOpen, SINCE, false, NOW.plusSeconds(second));
    }
}
