package nexus.queue.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LeaseDeadlineTest {
    private final LeaseDeadline deadline = new LeaseDeadline(Duration.ofSeconds(15), at(100));

    @Test
    void itCountsFromTheSendingOfTheLastBeat() {
        assertThat(deadline.renew(at(103), at(109))).isTrue();

        assertThat(deadline.remaining(at(109))).isEqualTo(Duration.ofSeconds(9));
        assertThat(deadline.isOver(at(117))).isFalse();
        assertThat(deadline.isOver(at(118))).isTrue();
    }

    @Test
    void onceOverItStaysOver() {
        assertThat(deadline.isOver(at(115))).isTrue();

        assertThat(deadline.renew(at(114), at(116))).isFalse();
        assertThat(deadline.isOver(at(116))).isTrue();
    }

    @Test
    void aBeatThatIsAnsweredTooLateRenewsNothing() {
        assertThat(deadline.renew(at(114), at(116))).isFalse();
    }

    private static long at(int second) {
        return Duration.ofSeconds(second).toNanos();
    }
}
