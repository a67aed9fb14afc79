package nexus.replication.slot;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import nexus.pgoutput.Lsn;
import org.junit.jupiter.api.Test;

class WalClockTest {
    private static final Instant START = Instant.parse("2026-01-31T18:00:00Z");

    private final WalClock clock = new WalClock();

    @Test
    void theEndOfTheWalHasNoAge() {
        clock.record(new Lsn(100), START);
        assertThat(clock.ageOf(new Lsn(100), START.plusSeconds(60))).isZero();
    }

    @Test
    void aPlaceIsAsOldAsTheFirstSampleBeyondIt() {
        clock.record(new Lsn(100), START);
        clock.record(new Lsn(200), START.plusSeconds(10));
        clock.record(new Lsn(300), START.plusSeconds(20));
        assertThat(clock.ageOf(new Lsn(150), START.plusSeconds(25))).isEqualTo(Duration.ofSeconds(15));
    }

    @Test
    void whatWasThereBeforeTheFirstSampleIsAtLeastAsOldAsThat() {
        clock.record(new Lsn(100), START);
        assertThat(clock.ageOf(new Lsn(50), START.plusSeconds(5))).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void anIdleServerMakesNothingOlder() {
        clock.record(new Lsn(100), START);
        clock.record(new Lsn(100), START.plusSeconds(3600));
        assertThat(clock.ageOf(new Lsn(100), START.plusSeconds(3600))).isZero();
    }

    @Test
    void hoursAreRememberedInBoundedSpace() {
        for (int i = 0; i < 100_000; i++) {
            clock.record(new Lsn(i), START.plusSeconds(10L * i));
        }
        Instant end = START.plusSeconds(10L * 99_999);
        Duration age = clock.ageOf(new Lsn(50_000), end);
        assertThat(age).isBetween(Duration.ofSeconds(495_000), Duration.ofSeconds(500_000));
    }

    @Test
    void whatNobodyAsksForIsForgotten() {
        clock.record(new Lsn(100), START);
        clock.record(new Lsn(200), START.plusSeconds(10));
        clock.forgetBefore(new Lsn(150));
        assertThat(clock.ageOf(new Lsn(150), START.plusSeconds(30))).isEqualTo(Duration.ofSeconds(20));
        clock.forgetBefore(new Lsn(200));
        assertThat(clock.ageOf(new Lsn(150), START.plusSeconds(30))).isZero();
    }

    @Test
    void aServerThatWentBackStartsAnew() {
        clock.record(new Lsn(500), START);
        clock.record(new Lsn(100), START.plusSeconds(10));
        clock.record(new Lsn(200), START.plusSeconds(20));
        assertThat(clock.ageOf(new Lsn(100), START.plusSeconds(30))).isEqualTo(Duration.ofSeconds(10));
    }
}
