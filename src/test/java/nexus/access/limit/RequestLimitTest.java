package nexus.access.limit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RequestLimitTest {
    private static final long SECOND = 1_000_000_000;
    private static final long START = Long.valueOf(Long.MAX_VALUE - SECOND); // nanoTime may overflow

    private final RequestLimit limit = new RequestLimit("publish", 10, START);

    @Test
    void aBurstOfTwiceTheRateIsTakenThenTheRate() {
        assertThat(taken(START)).isEqualTo(20);
        assertThat(taken(START + SECOND / 10 - 1)).isZero();
        assertThat(taken(START + SECOND / 10)).isEqualTo(1);
        assertThat(taken(START + SECOND / 10 + SECOND)).isEqualTo(10);
        assertThat(taken(START + 100 * SECOND)).as("no more is saved up").isEqualTo(20);
    }

    @Test
    void theHeadersSayWhatIsLeftAndWhen() {
        assertThat(limit.policy()).isEqualTo("\"publish\";q=10;w=1");
        assertThat(limit.state(START)).isEqualTo("\"publish\";r=10;t=0");
        take(15);
        assertThat(limit.state(START)).isEqualTo("\"publish\";r=5;t=1");
        take(5);
        assertThat(limit.state(START)).isEqualTo("\"publish\";r=0;t=1");
        assertThat(limit.retryAfter(START)).isEqualTo(1);
        assertThat(limit.state(START + SECOND)).isEqualTo("\"publish\";r=10;t=0");
    }

    private void take(int requests) {
        for (int i = 0; i < requests; i++) {
            assertThat(limit.take(START)).isTrue();
        }
    }

    private int taken(long now) {
        int taken = 0;
        while (limit.take(now)) {
            taken++;
        }
        return taken;
    }
}
