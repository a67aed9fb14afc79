package nexus.queue.position;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OldestOpenPositionTest {
    private final OldestOpenPosition low = new OldestOpenPosition();

    @Test
    void itRisesToTheSmallestThatIsOwed() {
        low.ask();
        low.found(70, 1_000);

        assertThat(low.value()).isEqualTo(70);
    }

    @Test
    void itStaysBelowWhatMayStillBecomeVisible() {
        low.ask();
        low.found(Long.MAX_VALUE, 40);

        assertThat(low.value()).isEqualTo(41);
    }

    @Test
    void whatBecomesOwedInFrontLowersItAlsoWhileTheStoreIsAsked() {
        low.ask();
        low.found(70, 1_000);
        low.owed(30);
        assertThat(low.value()).isEqualTo(30);

        low.ask();
        low.owed(20);
        low.found(70, 1_000);
        assertThat(low.value()).isEqualTo(20);
    }
}
