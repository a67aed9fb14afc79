package nexus.queue.order;

import static nexus.queue.owed.OwedRow.row;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import nexus.queue.owed.OwedDelivery;
import org.junit.jupiter.api.Test;

class AheadTest {
    private static final Instant NOW = Instant.parse("2026-01-31T18:20:43Z");

    private final Ahead ahead = new Ahead();

    @Test
    void moreIsReadWhenHalfOfItHasGone() {
        int first = ahead.wanted(NOW);
        for (int i = 0; i < first; i++) {
            ahead.add(new Waiting(row(i).build(), NOW));
        }
        for (int left = first; left > first / 2; left--) {
            assertThat(ahead.wanted(NOW)).as(left + " left").isZero();
            ahead.next();
        }
        assertThat(ahead.wanted(NOW)).isEqualTo(first - first / 2);
    }

    @Test
    void whatRunsDryIsReadFurtherAndWhatGrowsOldLess() {
        int first = ahead.wanted(NOW);
        ahead.ranDry();
        assertThat(ahead.wanted(NOW)).isEqualTo(2 * first);
        ahead.slower();
        ahead.slower();
        assertThat(ahead.wanted(NOW)).isEqualTo(first);
        for (int i = 0; i < 20; i++) {
            ahead.ranDry();
        }
        assertThat(ahead.wanted(NOW)).isEqualTo(4096);
    }

    @Test
    void itIsStaleWhenItsOldestHasWaitedTwoSeconds() {
        assertThat(ahead.isStale(NOW)).isFalse();
        ahead.add(new Waiting(row(1).build(), NOW));
        ahead.add(new Waiting(row(2).build(), NOW.plusMillis(1900)));
        assertThat(ahead.isStale(NOW.plusMillis(1999))).isFalse();
        assertThat(ahead.isStale(NOW.plusMillis(2000))).isTrue();
        ahead.next();
        assertThat(ahead.isStale(NOW.plusMillis(2000))).isFalse();
    }

    @Test
    void aRetryGoesBeforeWhatWasNeverTried() {
        OwedDelivery fresh = row(1).build();
        OwedDelivery retry = row(2).due(NOW).build();
        ahead.add(new Waiting(fresh, NOW));
        ahead.addFirst(new Waiting(retry, NOW));
        assertThat(ahead.next()).extracting(Waiting::row).isEqualTo(retry);
        assertThat(ahead.drop()).extracting(Waiting::row).containsExactly(fresh);
        assertThat(ahead.isEmpty()).isTrue();
    }

    @Test
    void retriesInFrontDoNotHideHowLongTheOthersHaveWaited() {
        ahead.add(new Waiting(row(1).build(), NOW));
        ahead.addFirst(new Waiting(row(2).due(NOW).build(), NOW.plusMillis(1900)));
        assertThat(ahead.isStale(NOW.plusMillis(1999))).isFalse();
        assertThat(ahead.isStale(NOW.plusMillis(2000))).isTrue();
    }

    @Test
    void asMuchIsTakenAsBeganLately() {
        for (int i = 0; i < 1000; i++) {
            ahead.began(NOW);
        }
        assertThat(ahead.wanted(NOW.plusMillis(500))).isEqualTo(1000);
        for (int i = 0; i < 999; i++) {
            ahead.add(new Waiting(row(i).build(), NOW));
        }
        assertThat(ahead.takesFresh(NOW.plusMillis(1500))).isTrue();
        ahead.add(new Waiting(row(1000).build(), NOW));
        assertThat(ahead.takesFresh(NOW.plusMillis(1500))).isFalse();
        assertThat(ahead.wanted(NOW.plusMillis(1500))).isZero();

        ahead.drop();
        assertThat(ahead.wanted(NOW.plusMillis(3000))).as("long ago").isEqualTo(64);
    }

    @Test
    void afterAPauseAsMuchIsTakenAsOnceBeganUntilItProvesTooMuch() {
        for (int i = 0; i < 1000; i++) {
            ahead.began(NOW);
        }
        ahead.began(NOW.plusSeconds(1));
        for (int i = 0; i < 999; i++) {
            ahead.add(new Waiting(row(i).build(), NOW.plusSeconds(60)));
        }
        assertThat(ahead.takesFresh(NOW.plusSeconds(60))).isTrue();
        ahead.add(new Waiting(row(1000).build(), NOW.plusSeconds(60)));
        assertThat(ahead.takesFresh(NOW.plusSeconds(60))).isFalse();

        ahead.slower();
        ahead.drop();
        for (int i = 0; i < 128; i++) {
            ahead.add(new Waiting(row(i).build(), NOW.plusSeconds(90)));
        }
        assertThat(ahead.takesFresh(NOW.plusSeconds(90))).isFalse();
    }
}
