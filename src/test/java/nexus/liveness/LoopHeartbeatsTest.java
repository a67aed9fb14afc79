package nexus.liveness;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LoopHeartbeatsTest {
    private final AtomicLong now = new AtomicLong();
    private final LoopHeartbeats heartbeats = new LoopHeartbeats(now::get);

    @Test
    void aLoopIsMissedWhenItHasBeenSilentForTooLong() {
        heartbeats.beat("reader");
        now.addAndGet(LoopHeartbeats.SILENCE.toNanos());
        heartbeats.beat("upkeep");
        assertThat(heartbeats.silences().values()).noneMatch(LoopHeartbeats::isTooLong);

        now.addAndGet(1_000_000);
        assertThat(heartbeats.silences())
                .containsEntry("upkeep", Duration.ofMillis(1))
                .hasEntrySatisfying("reader", silence -> assertThat(LoopHeartbeats.isTooLong(silence))
                        .isTrue());
    }

    @Test
    void aLoopThatHasStoppedIsNotMissed() {
        heartbeats.beat("reader");
        heartbeats.stopped("reader");
        assertThat(heartbeats.silences()).isEmpty();
    }
}
