package nexus.page.story;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nexus.page.story.LifeLine.Mark;
import nexus.page.story.LifeLine.Origin;
import nexus.page.story.LifeLine.Try;
import nexus.page.story.Progress.State;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LifeLineTest {
    private static final Instant START = Instant.parse("2026-01-31T12:00:00Z");

    @Test
    void stationsAreInOrder() {
        List<LifeLine> line = LifeLine.of(
                Optional.of(new Origin(true, START, START.plusMillis(40), "because")),
                START.plusMillis(40),
                List.of(
                        new Try(1, START.plusMillis(50), Duration.ofMillis(9), Optional.of(500), Optional.of("500")),
                        new Try(2, START.plusSeconds(5), Duration.ofMillis(7), Optional.of(200), Optional.empty())),
                Status.SENT,
                START.plusSeconds(6),
                "");

        assertThat(line)
                .extracting(LifeLine::label)
                .containsExactly("Changed", "Stored", "Matched", "Owed", "Attempt 1", "Attempt 2", "Delivered");
        assertThat(line)
                .extracting(station -> station.after().orElse("-"))
                .containsExactly("-", "+40 ms", "-", "-", "+10 ms", "+4 s", "+1 s");
        assertThat(line.get(4).mark()).isEqualTo(Mark.FAILED);
        assertThat(line.get(4).detail()).isEqualTo("answered 500 after 9 ms");
    }

    @Test
    void manyAttemptsAreOneStation() {
        List<Try> attempts = new ArrayList<>();
        for (int i = 1; i <= 16; i++) {
            attempts.add(new Try(
                    i, START.plusSeconds(i), Duration.ZERO, Optional.empty(), Optional.of("connection refused")));
        }
        List<LifeLine> line =
                LifeLine.of(Optional.empty(), START, attempts, Status.DEAD, START.plusSeconds(17), "dead");

        assertThat(line)
                .extracting(LifeLine::label)
                .containsExactly(
                        "Owed",
                        "Attempt 1",
                        "Attempts 2 to 11",
                        "Attempt 12",
                        "Attempt 13",
                        "Attempt 14",
                        "Attempt 15",
                        "Attempt 16",
                        "Dead");
    }

    @ParameterizedTest
    @CsvSource({
        "timed out looking up the name, look up",
        "the host name has no address, look up",
        "10.0.0.1 is not a public address, look up",
        "timed out connecting, connect",
        "connection refused, connect",
        "TLS: the receiver's certificate has expired, TLS",
        "timed out waiting for the answer, answer",
        "the connection was closed before an answer, answer",
        "timed out reading the answer's body, body",
        "the connection broke in the middle of the answer, body"
    })
    void failureNamesItsPhase(String error, String phase) {
        String full = error.contains("public") ? error + ", and TARGETS_ALLOW does not cover it" : error;
        List<Progress> phases = Progress.of(Optional.empty(), Optional.of(full), true, false);

        assertThat(phases)
                .filteredOn(one -> one.state() == State.FAILED)
                .extracting(Progress::name)
                .containsExactly(phase);
        assertThat(Failure.of(Optional.empty(), Optional.of(full)).orElseThrow().help())
                .isNotEmpty();
    }

    @Test
    void answerPassedEveryPhase() {
        assertThat(Progress.of(Optional.of(500), Optional.of("500"), false, true))
                .extracting(Progress::name)
                .containsExactly("look up", "access token", "connect", "send", "answer", "body");
        assertThat(Progress.of(Optional.empty(), Optional.of("the template failed"), true, true))
                .isEmpty();
        assertThat(Progress.of(Optional.empty(), Optional.empty(), true, true)).isEmpty();
    }

    @Test
    void everyStatusHasWords() {
        for (int code = 100; code < 1000; code++) {
            Optional<Failure> failure = Failure.of(Optional.of(code), Optional.of("answered " + code));
            assertThat(failure.orElseThrow().title()).startsWith(Integer.toString(code));
        }
        assertThat(Failure.of(Optional.of(204), Optional.empty())).isEmpty();
        assertThat(Failure.of(Optional.empty(), Optional.empty())).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "exhausted",
        "expired",
        "cancelled",
        "subscription-deleted",
        "gone",
        "refused",
        "payload-gone",
        "payload-erased",
        "transform-failed",
        "event-unreadable"
    })
    void everyReasonHasWords(String reason) {
        assertThat(Failure.ofDead(reason)).doesNotStartWith("Reason:").endsWith(".");
    }
}
