package nexus.replication.position;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Optional;
import nexus.capture.ResumePoint;
import nexus.pgoutput.Lsn;
import nexus.replication.position.SourcePositionRepository.Stored;
import org.junit.jupiter.api.Test;

class PositionCheckTest {
    private static final Instant NOW = Instant.parse("2026-01-31T18:20:43Z");
    private static final TimelineHistory FIRST = TimelineHistory.first(1);
    private static final TimelineHistory AFTER_FAILOVER = TimelineHistory.parse(2, "1\t0/500\tfailover");

    private static final Lsn END = Lsn.parse("0/1000");

    @Test
    void aSourceRestoredToAnEarlierTimeIsAGapAndReadFromThere() {
        PositionCheck check = PositionCheck.of(
                stored("0/300", "0/280"),
                new PositionCheck.Source(
                        "system", FIRST, Lsn.parse("0/200"), Lsn.parse("0/250"), "same", Optional.empty()),
                NOW);
        assertThat(check.gaps()).singleElement().satisfies(gap -> assertThat(gap.reason())
                .contains("back in time"));
        assertThat(check.position().doneEnd().value()).isEqualTo(0x250);
        assertThat(check.position().point().open()).isEmpty();
    }

    @Test
    void whatIsStoredBeyondTheSlotIsNoGap() {
        PositionCheck check = check(stored("0/300", "0/280"), FIRST, "0/200", "same");
        assertThat(check.gaps()).isEmpty();
        assertThat(check.position()).isEqualTo(stored("0/300", "0/280").position());
    }

    @Test
    void aSlotBeyondWhatIsStoredIsAGap() {
        PositionCheck check = check(stored("0/300", null), FIRST, "0/400", "same");
        assertThat(check.gaps()).singleElement().satisfies(gap -> {
            assertThat(gap.from()).contains("0/300");
            assertThat(gap.to()).contains("0/400");
        });
        assertThat(check.position().doneEnd().value()).isEqualTo(0x400);
    }

    @Test
    void otherOptionsInTheMiddleOfATransactionAreAGapUpToItsEnd() {
        PositionCheck check = check(stored("0/300", "0/350"), FIRST, "0/300", "others");
        assertThat(check.position().point().open()).contains(new ResumePoint.Open(new Lsn(0x350), Long.MAX_VALUE));
        assertThat(check.gaps()).singleElement().satisfies(gap -> assertThat(gap.from())
                .contains("0/350"));
    }

    @Test
    void otherOptionsBetweenTwoTransactionsLoseNothing() {
        PositionCheck check = check(stored("0/300", null), FIRST, "0/300", "others");
        assertThat(check.gaps()).isEmpty();
    }

    @Test
    void aSlotMadeAgainIsAGapAlsoWhereItSeemsToGoOn() {
        PositionCheck check = PositionCheck.of(
                stored("0/300", "0/350"),
                new PositionCheck.Source(
                        "system", FIRST, Lsn.parse("0/300"), END, "same", Optional.of("the slot was dropped")),
                NOW);
        assertThat(check.gaps()).singleElement().satisfies(gap -> assertThat(gap.reason())
                .isEqualTo("the slot was dropped"));
        assertThat(check.position().point().open()).isEmpty();
    }

    @Test
    void aFailoverBehindWhatIsStoredGoesBackToTheSwitchPoint() {
        PositionCheck check = check(stored("0/600", "0/700"), AFTER_FAILOVER, "0/400", "same");
        assertThat(check.position().doneEnd().value()).isEqualTo(0x500);
        assertThat(check.position().timeline()).isEqualTo(2);
        assertThat(check.position().point().open()).isEmpty();
        assertThat(check.gaps()).hasSize(1);
    }

    @Test
    void aFailoverBeyondWhatIsStoredLosesNothing() {
        PositionCheck check = check(stored("0/300", "0/450"), AFTER_FAILOVER, "0/300", "same");
        assertThat(check.position().doneEnd().value()).isEqualTo(0x300);
        assertThat(check.position().point().open()).contains(new ResumePoint.Open(new Lsn(0x450), 7));
        assertThat(check.gaps()).isEmpty();
    }

    @Test
    void anotherClusterBeginsAtItsSlot() {
        Stored stored = stored("0/300", null);
        PositionCheck check = PositionCheck.of(
                stored,
                new PositionCheck.Source("other", FIRST, Lsn.parse("0/100"), END, "same", Optional.empty()),
                NOW);
        assertThat(check.position().doneEnd().value()).isEqualTo(0x100);
        assertThat(check.position().systemId()).isEqualTo("other");
        assertThat(check.gaps()).hasSize(1);
    }

    private static PositionCheck check(Stored stored, TimelineHistory history, String confirmed, String options) {
        return PositionCheck.of(
                stored,
                new PositionCheck.Source("system", history, Lsn.parse(confirmed), END, options, Optional.empty()),
                NOW);
    }

    private static Stored stored(String doneEnd, @org.jspecify.annotations.Nullable String openCommit) {
        return new Stored(
                new SourcePosition(
                        "nexus",
                        "system",
                        1,
                        4,
                        new ResumePoint(
                                Lsn.parse(doneEnd),
                                Optional.ofNullable(openCommit).map(lsn -> new ResumePoint.Open(Lsn.parse(lsn), 7)))),
                "same",
                NOW.minusSeconds(60),
                false);
    }
}
