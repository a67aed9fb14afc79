package nexus.queue.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import nexus.queue.process.ProcessSightings.Beat;
import org.junit.jupiter.api.Test;

class ProcessSightingsTest {
    private static final Beat STILL = new Beat(1, 7, 100);

    private ProcessSightings sightings = new ProcessSightings(Duration.ofSeconds(20), Duration.ofSeconds(6));

    @Test
    void aBeatThatStandsStillForTheTtlIsSilent() {
        for (int second = 0; second < 20; second += 3) {
            assertThat(at(second, STILL)).as("after %s s", second).isEmpty();
        }
        assertThat(at(21, STILL)).containsExactly(STILL);
    }

    @Test
    void whoBeatsOnIsNeverSilent() {
        for (int second = 0; second < 100; second += 3) {
            assertThat(at(second, new Beat(1, 7, 100 + second / 15))).isEmpty();
        }
    }

    @Test
    void whoHasJoinedAgainIsAnother() {
        at(0, STILL);
        for (int second = 3; second < 20; second += 3) {
            at(second, STILL);
        }
        assertThat(at(21, new Beat(1, 8, 100))).isEmpty();
    }

    @Test
    void timeInWhichTheObserverCouldNotLookDoesNotCount() {
        at(0, STILL);
        assertThat(at(60, STILL)).as("it was paused, or the store was away").isEmpty();
        assertThat(at(66, STILL)).isEmpty();
        assertThat(at(72, STILL)).isEmpty();
        assertThat(at(78, STILL)).containsExactly(STILL);
    }

    private List<Beat> at(int second, Beat seen) {
        sightings = sightings.look(List.of(seen), Duration.ofSeconds(second).toNanos());
        return sightings.silent();
    }
}
