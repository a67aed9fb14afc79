package nexus.replication.position;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import nexus.pgoutput.Lsn;
import org.junit.jupiter.api.Test;

class TimelineHistoryTest {
    private static final String FILE = """
            # a comment
            1\t0/3000158\tno recovery target specified

            2\t0/5000000\tbefore 2000-01-01 00:00:00+00
            """;

    private final TimelineHistory history = TimelineHistory.parse(3, FILE);

    @Test
    void aPlaceBelongsToTheTimelineInWhichItWasWritten() {
        assertThat(history.timelineOf(Lsn.parse("0/3000157"))).isEqualTo(1);
        assertThat(history.timelineOf(Lsn.parse("0/3000158"))).isEqualTo(2);
        assertThat(history.timelineOf(Lsn.parse("0/5000000"))).isEqualTo(3);
        assertThat(TimelineHistory.first(1).timelineOf(Lsn.parse("0/1"))).isEqualTo(1);
    }

    @Test
    void aTimelineThatIsNoAncestorHasNoSwitchPoint() {
        assertThat(history.switchPointOf(2)).contains(Lsn.parse("0/5000000"));
        assertThat(history.switchPointOf(3)).isEmpty();
        assertThat(history.switchPointOf(7)).isEmpty();
    }

    @Test
    void whatIsNoLineOfAHistoryIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> TimelineHistory.parse(2, "1 here"));
    }
}
