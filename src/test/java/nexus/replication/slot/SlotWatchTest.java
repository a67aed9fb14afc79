package nexus.replication.slot;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import nexus.pgoutput.Lsn;
import nexus.replication.state.SlotHealth;
import nexus.replication.state.SlotHealth.Level;
import org.junit.jupiter.api.Test;

class SlotWatchTest {
    private static final Instant START = Instant.parse("2026-01-31T18:00:00Z");
    private static final long MB = 1024 * 1024;

    private final SlotWatch watch = new SlotWatch(1000 * MB, Duration.ofMinutes(5));

    @Test
    void aSlotThatIsReadIsOk() {
        assertThat(watch.judge(sample(0, 10, OptionalLong.of(990 * MB)))).satisfies(health -> {
            assertThat(health.level()).isEqualTo(Level.OK);
            assertThat(health.retainedBytes()).isEqualTo(10 * MB);
            assertThat(health.lostIn()).isEmpty();
        });
    }

    @Test
    void halfOfTheLimitIsAWarningAndFourFifthsAreCritical() {
        assertThat(watch.judge(sample(0, 500, OptionalLong.of(500 * MB))).level())
                .isEqualTo(Level.WARNING);
        assertThat(watch.judge(sample(10, 800, OptionalLong.of(200 * MB))).level())
                .isEqualTo(Level.CRITICAL);
    }

    @Test
    void withoutALimitTheRetainedWalCounts() {
        assertThat(watch.judge(sample(0, 999, OptionalLong.empty())).level()).isEqualTo(Level.OK);
        assertThat(watch.judge(sample(10, 1000, OptionalLong.empty())).level()).isEqualTo(Level.WARNING);
        assertThat(watch.judge(sample(20, 10_000, OptionalLong.empty())).level())
                .isEqualTo(Level.CRITICAL);
    }

    @Test
    void theEndIsForecastFromTheLastTenMinutes() {
        watch.judge(sample(0, 150, OptionalLong.of(1000 * MB)));
        SlotHealth health = watch.judge(sample(300, 180, OptionalLong.of(970 * MB)));
        assertThat(health.lostIn()).contains(Duration.ofSeconds(9700));
        assertThat(health.level()).isEqualTo(Level.WARNING);
        assertThat(health.describe()).contains("at this rate the slot is lost in about 3 h");
        watch.judge(sample(1200, 180, OptionalLong.of(970 * MB)));
        assertThat(watch.judge(sample(1300, 180, OptionalLong.of(970 * MB))).lostIn())
                .isEmpty();
    }

    @Test
    void aBurstIntoAnEmptySlotIsNoForecast() {
        watch.judge(sample(0, 0, OptionalLong.of(1000 * MB)));
        assertThat(watch.judge(sample(100, 90, OptionalLong.of(910 * MB))).lostIn())
                .isEmpty();
    }

    @Test
    void walThatIsNotConfirmedForMinutesIsAWarning() {
        watch.judge(sample(0, 20, OptionalLong.empty()));
        assertThat(watch.judge(new SlotSample(
                                START.plusSeconds(400),
                                new Lsn(0x1_0000_0000L + 21 * MB),
                                Optional.of(new Lsn(0x1_0000_0000L - 20 * MB)),
                                Optional.of(new Lsn(0x1_0000_0000L - 20 * MB)),
                                Optional.of("reserved"),
                                OptionalLong.empty(),
                                OptionalLong.empty(),
                                Optional.empty()))
                        .level())
                .isEqualTo(Level.WARNING);
    }

    @Test
    void aSlotInDangerOrInvalidatedIsCritical() {
        assertThat(watch.judge(status("unreserved", Optional.empty())).level()).isEqualTo(Level.CRITICAL);
        assertThat(watch.judge(status("lost", Optional.of("wal_removed"))).describe())
                .contains("wal_removed");
    }

    @Test
    void itIsToldWhenItGetsWorseOncePerHourWhileItIsAndWhenItIsGoodAgain() {
        assertThat(watch.isReportDue(Level.OK, START)).isFalse();
        assertThat(watch.isReportDue(Level.WARNING, START)).isTrue();
        watch.recordReport(Level.WARNING, START);
        assertThat(watch.isReportDue(Level.WARNING, START.plusSeconds(3599))).isFalse();
        assertThat(watch.isReportDue(Level.CRITICAL, START.plusSeconds(10))).isTrue();
        assertThat(watch.isReportDue(Level.WARNING, START.plusSeconds(3600))).isTrue();
        assertThat(watch.isReportDue(Level.OK, START.plusSeconds(10))).isTrue();
        watch.recordReport(Level.OK, START.plusSeconds(10));
        assertThat(watch.isReportDue(Level.OK, START.plusSeconds(7200))).isFalse();
    }

    private static SlotSample sample(long second, long retainedMb, OptionalLong safe) {
        Lsn end = new Lsn(0x1_0000_0000L);
        Lsn behind = new Lsn(0x1_0000_0000L - retainedMb * MB);
        return new SlotSample(
                START.plusSeconds(second),
                end,
                Optional.of(behind),
                Optional.of(end),
                Optional.of("reserved"),
                safe,
                OptionalLong.empty(),
                Optional.empty());
    }

    private static SlotSample status(String walStatus, Optional<String> invalidation) {
        return new SlotSample(
                START,
                new Lsn(1000),
                Optional.empty(),
                Optional.empty(),
                Optional.of(walStatus),
                OptionalLong.empty(),
                OptionalLong.empty(),
                invalidation);
    }
}
