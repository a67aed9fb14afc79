package nexus.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import nexus.subscription.Pauses.Pause;
import org.junit.jupiter.api.Test;

class PausesTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void withoutPausesAllTimeCounts() {
        assertThat(Pauses.NONE.owedBefore(at(100), Duration.ofSeconds(72))).isEqualTo(at(28));
    }

    @Test
    void nothingAgesDuringAPause() {
        Pauses open = Pauses.NONE.begun(at(100));
        assertThat(open.owedBefore(at(1_000_000), Duration.ofSeconds(30)))
                .as("while it lasts, only what had expired before")
                .isEqualTo(at(70));
        Pauses ended = open.ended(at(1_000_000));
        assertThat(ended.owedBefore(at(1_000_010), Duration.ofSeconds(30)))
                .as("what was owed before it, ten seconds after it")
                .isEqualTo(at(80));
        assertThat(ended.owedBefore(at(1_000_040), Duration.ofSeconds(30)))
                .as("what became owed after it")
                .isEqualTo(at(1_000_010));
    }

    @Test
    void beginningAndEndingTwiceChangesNothing() {
        Pauses open = Pauses.NONE.begun(at(1));
        assertThat(open.begun(at(5))).isEqualTo(open);
        assertThat(open.ended(at(7)).ended(at(9))).isEqualTo(open.ended(at(7)));
        assertThat(open.isOpen()).isTrue();
        assertThat(open.ended(at(7)).isOpen()).isFalse();
        assertThat(open.ended(at(1))).as("it took no time").isEqualTo(Pauses.NONE);
    }

    @Test
    void aClockThatJumpsBackMakesNoWrongPause() {
        Pauses ended = Pauses.NONE.begun(at(100)).ended(at(200));
        Pauses again = ended.begun(at(50));
        assertThat(again.all().getLast().from()).isEqualTo(at(200));
        assertThat(again.ended(at(60))).isEqualTo(ended);
        assertThat(ended.owedBefore(at(50), Duration.ofSeconds(30)))
                .as("before the pause began")
                .isEqualTo(at(20));
    }

    @Test
    void overlapsAreRefused() {
        List<Pause> overlapping = List.of(pause(1, 5), pause(4, 6));
        assertThatThrownBy(() -> new Pauses(overlapping)).isInstanceOf(IllegalArgumentException.class);
        List<Pause> openFirst = List.of(new Pause(at(1), Optional.empty()), pause(4, 6));
        assertThatThrownBy(() -> new Pauses(openFirst)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> pause(6, 4)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void countedTimeIsAllTimeWithoutThePauses() {
        Random random = new Random(20);
        for (int round = 0; round < 300; round++) {
            int span = 200;
            boolean[] isPaused = new boolean[span];
            Pauses pauses = Pauses.NONE;
            for (int second = 0; second < span; second++) {
                boolean isOn = second > 0 && isPaused[second - 1];
                isPaused[second] = random.nextInt(8) == 0 ? !isOn : isOn;
                pauses = isPaused[second] ? pauses.begun(at(second)) : pauses.ended(at(second));
            }
            int age = 1 + random.nextInt(60);
            Instant tooOld = pauses.owedBefore(at(span), Duration.ofSeconds(age));
            for (int owedSince = 0; owedSince < span; owedSince++) {
                int counted = 0;
                for (int second = owedSince; second < span; second++) {
                    counted += isPaused[second] ? 0 : 1;
                }
                assertThat(at(owedSince).isBefore(tooOld))
                        .as("owed since %d, counted %d, age %d, %s", owedSince, counted, age, pauses)
                        .isEqualTo(counted > age);
            }
        }
    }

    @Test
    void manyPausesAreMergedSoThatNothingExpiresEarlier() {
        Random random = new Random(7);
        Pauses pauses = Pauses.NONE;
        List<Pause> exact = new ArrayList<>();
        int now = 0;
        for (int i = 0; i < 1000; i++) {
            int from = now + 1 + random.nextInt(100);
            int until = from + 1 + random.nextInt(100);
            pauses = pauses.begun(at(from)).ended(at(until));
            exact.add(pause(from, until));
            now = until;
        }
        assertThat(pauses.all()).hasSizeLessThanOrEqualTo(Pauses.MOST);
        for (int age = 1; age < 20_000; age += 777) {
            assertThat(pauses.owedBefore(at(now + 5), Duration.ofSeconds(age)))
                    .isBeforeOrEqualTo(new Pauses(exact).owedBefore(at(now + 5), Duration.ofSeconds(age)));
        }
    }

    private static Pause pause(int from, int until) {
        return new Pause(at(from), Optional.of(at(until)));
    }

    private static Instant at(int second) {
        return START.plusSeconds(second);
    }
}
