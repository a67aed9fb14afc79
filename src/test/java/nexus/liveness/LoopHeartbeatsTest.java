package nexus.liveness;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import nexus.liveness.LoopHeartbeats.Silence;
import org.junit.jupiter.api.Test;

class LoopHeartbeatsTest {
    private final AtomicLong now = new AtomicLong();
    private final LoopHeartbeats heartbeats = new LoopHeartbeats(now::get);

    @Test
    void aLoopIsMissedWhenItHasBeenSilentForTooLong() {
        heartbeats.beat("reader");
        now.addAndGet(LoopHeartbeats.SILENCE.toNanos());
        heartbeats.beat("upkeep");
        assertThat(missed()).isEmpty();

        now.addAndGet(1_000_000);
        assertThat(heartbeats.silences().get("upkeep"))
                .isEqualTo(new Silence(Duration.ofMillis(1), LoopHeartbeats.SILENCE));
        assertThat(missed()).containsExactly("reader");
    }

    @Test
    void aLoopThatTakesLongerSaysSo() {
        heartbeats.beat("hourly", Duration.ofHours(2));
        now.addAndGet(Duration.ofMinutes(119).toNanos());
        assertThat(missed()).isEmpty();

        now.addAndGet(Duration.ofMinutes(2).toNanos());
        assertThat(missed()).containsExactly("hourly");
    }

    @Test
    void aLoopThatHasStoppedIsNotMissed() {
        heartbeats.beat("reader");
        heartbeats.stopped("reader");
        assertThat(heartbeats.silences()).isEmpty();
    }

    private List<String> missed() {
        return heartbeats.silences().entrySet().stream()
                .filter(loop -> loop.getValue().isTooLong())
                .map(Map.Entry::getKey)
                .toList();
    }
}
