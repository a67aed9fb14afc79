package nexus.webhook.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import nexus.webhook.connection.Resends.Resend;
import org.junit.jupiter.api.Test;

class ResendsTest {
    @Test
    void anUnprocessedRequestIsSentAgainAtOnceThenAfterGrowingWaits() {
        List<Long> waits = new ArrayList<>();
        Resends resends = Resends.NONE;
        for (Resend next = resends.after(true, false); next != null; next = resends.after(true, false)) {
            waits.add(next.waitMillis());
            resends = next.counted();
        }
        assertThat(waits).containsExactly(0L, 50L, 100L, 200L, 400L, 800L);
    }

    @Test
    void aRequestOnAStaleConnectionIsSentAgainOnce() {
        Resend first = Resends.NONE.after(false, true);
        assertThat(first).isEqualTo(new Resend(0, new Resends(0, true)));
        assertThat(new Resends(0, true).after(false, true)).isNull();
    }

    @Test
    void aRequestThatFailedInAnotherWayIsNotSentAgain() {
        assertThat(Resends.NONE.after(false, false)).isNull();
    }

    /** Against a plain count of both reasons, over random sequences of failures. */
    @Test
    void noSequenceOfFailuresSendsMoreOftenThanBothBoundsAllow() {
        SplittableRandom random = new SplittableRandom(17);
        for (int round = 0; round < 1_000; round++) {
            Resends resends = Resends.NONE;
            int unprocessed = 0;
            int stale = 0;
            for (int failure = 0; failure < 20; failure++) {
                boolean isUnprocessed = random.nextBoolean();
                boolean isStale = random.nextBoolean();
                Resend next = resends.after(isUnprocessed, isStale);
                boolean countsAsUnprocessed = isUnprocessed && unprocessed < Resends.MAX_UNPROCESSED;
                boolean countsAsStale = !countsAsUnprocessed && isStale && stale == 0;
                assertThat(next != null).isEqualTo(countsAsUnprocessed || countsAsStale);
                if (next == null) {
                    continue;
                }
                unprocessed += countsAsUnprocessed ? 1 : 0;
                stale += countsAsStale ? 1 : 0;
                resends = next.counted();
                assertThat(resends).isEqualTo(new Resends(unprocessed, stale == 1));
            }
        }
    }
}
