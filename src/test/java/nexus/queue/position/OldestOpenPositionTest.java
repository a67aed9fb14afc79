package nexus.queue.position;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OldestOpenPositionTest {
    private final OldestOpenPosition oldestOpen = new OldestOpenPosition();

    @Test
    void itRisesToTheSmallestThatIsOwed() {
        oldestOpen.ask();
        oldestOpen.found(70, 1_000);

        assertThat(oldestOpen.value()).isEqualTo(70);
    }

    @Test
    void itStaysBelowWhatMayStillBecomeVisible() {
        oldestOpen.ask();
        oldestOpen.found(Long.MAX_VALUE, 40);

        assertThat(oldestOpen.value()).isEqualTo(41);
    }

    @Test
    void whatBecomesOwedInFrontLowersItAlsoWhileTheStoreIsAsked() {
        oldestOpen.ask();
        oldestOpen.found(70, 1_000);
        oldestOpen.owed(30);
        assertThat(oldestOpen.value()).isEqualTo(30);

        oldestOpen.ask();
        oldestOpen.owed(20);
        oldestOpen.found(70, 1_000);
        assertThat(oldestOpen.value()).isEqualTo(20);
    }
}
