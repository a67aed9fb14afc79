package nexus.capture.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class MinuteCountTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    @Test
    void theFirstIsToldAtOnceAndTheOthersOnceAMinute() {
        MinuteCount count = new MinuteCount();
        assertThat(count.due(0)).isZero();
        count.add(1);
        assertThat(count.due(0)).isOne();
        count.add(99_999);
        assertThat(count.due(59 * SECOND)).isZero();
        assertThat(count.due(60 * SECOND)).isEqualTo(99_999);
        assertThat(count.due(600 * SECOND)).isZero();
        count.add(1);
        assertThat(count.due(601 * SECOND)).isOne();
    }
}
