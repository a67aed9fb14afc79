package nexus.replication.slot;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.OptionalLong;
import nexus.replication.state.SlotHealth;
import nexus.replication.state.SlotHealth.Level;
import org.jspecify.annotations.Nullable;

/**
 * Judges the slot by its samples of the last minutes, and decides when a report is due. Not thread-safe.
 *
 * <p>With {@code max_slot_wal_keep_size}, the level follows that limit: warning when half of it is used or when it is
 * forecast to be reached within six hours, critical at four fifths or within one hour. Without a limit the disk is at
 * risk, whose size is not known here; {@code warnBytes} retained is then a warning, and ten times as much is critical.
 */
final class SlotWatch {
    private static final Duration RATE_WINDOW = Duration.ofMinutes(10);
    /** A rate over a shorter time is too inaccurate. */
    private static final Duration SHORTEST_RATE = Duration.ofSeconds(60);
    /** A forecast is made only when a tenth of the limit is used, because below that a burst is not a trend. */
    private static final int FORECAST_FROM = 10;

    private static final Duration WARNING_FORECAST = Duration.ofHours(6);
    private static final Duration CRITICAL_FORECAST = Duration.ofHours(1);
    private static final int CRITICAL_FACTOR = 10;
    /** A smaller lag is normal, because the position advances over WAL without captured changes only at intervals. */
    private static final long IDLE_BYTES = 16L * 1024 * 1024;

    private static final Duration REPORT_AGAIN = Duration.ofHours(1);

    private final long warnBytes;
    private final Duration warnAfter;
    private final WalClock wal = new WalClock();
    private final Deque<Retained> history = new ArrayDeque<>();
    private Level reported = Level.OK;
    private @Nullable Instant reportedAt;

    private record Retained(Instant at, long bytes) {}

    /**
     * @param warnBytes bytes of WAL kept for the slot that are a warning when there is no limit
     * @param warnAfter age of unconfirmed WAL that is a warning
     */
    SlotWatch(long warnBytes, Duration warnAfter) {
        this.warnBytes = warnBytes;
        this.warnAfter = warnAfter;
    }

    SlotHealth judge(SlotSample sample) {
        wal.record(sample.end(), sample.at());
        Optional<Duration> lostIn = forecast(sample);
        sample.restart().ifPresent(wal::forgetBefore);
        Duration confirmedLag =
                sample.confirmed().map(lsn -> wal.ageOf(lsn, sample.at())).orElse(Duration.ZERO);
        return new SlotHealth(
                level(sample, confirmedLag, lostIn),
                sample.walStatus(),
                sample.retainedBytes(),
                sample.safeBytes(),
                sample.restart().map(lsn -> wal.ageOf(lsn, sample.at())).orElse(Duration.ZERO),
                sample.confirmedLagBytes(),
                confirmedLag,
                sample.xminAge(),
                sample.invalidation(),
                lostIn);
    }

    /** Whether a report is due: the level rose, it returned to normal, or it has been bad for another hour. */
    boolean isReportDue(Level level, Instant now) {
        Instant last = reportedAt;
        if (level == reported) {
            return level != Level.OK && last != null && !now.isBefore(last.plus(REPORT_AGAIN));
        }
        return level.compareTo(reported) > 0 || level == Level.OK;
    }

    void recordReport(Level level, Instant now) {
        reported = level;
        reportedAt = now;
    }

    private Optional<Duration> forecast(SlotSample sample) {
        history.addLast(new Retained(sample.at(), sample.retainedBytes()));
        while (history.getFirst().at.isBefore(sample.at().minus(RATE_WINDOW))) {
            history.removeFirst();
        }
        OptionalLong safe = sample.safeBytes();
        Retained first = history.getFirst();
        Duration span = Duration.between(first.at, sample.at());
        long grown = sample.retainedBytes() - first.bytes;
        if (safe.isEmpty()
                || span.compareTo(SHORTEST_RATE) < 0
                || grown <= 0
                || used(sample, safe.getAsLong()) * FORECAST_FROM < 1) {
            return Optional.empty();
        }
        double seconds = Math.max(0, safe.getAsLong()) * (span.toMillis() / 1000.0) / grown;
        return Optional.of(Duration.ofSeconds((long) Math.min(seconds, Integer.MAX_VALUE)));
    }

    private Level level(SlotSample sample, Duration confirmedLag, Optional<Duration> lostIn) {
        String walStatus = sample.walStatus().orElse("");
        if (sample.invalidation().isPresent() || walStatus.equals("lost") || walStatus.equals("unreserved")) {
            return Level.CRITICAL;
        }
        boolean isStuck = confirmedLag.compareTo(warnAfter) > 0 && sample.confirmedLagBytes() > IDLE_BYTES;
        Level level = isStuck ? Level.WARNING : Level.OK;
        if (sample.safeBytes().isEmpty()) {
            long retained = sample.retainedBytes();
            return retained >= CRITICAL_FACTOR * warnBytes
                    ? Level.CRITICAL
                    : retained >= warnBytes ? Level.WARNING : level;
        }
        double used = used(sample, sample.safeBytes().getAsLong());
        if (used >= 0.8
                || lostIn.filter(in -> in.compareTo(CRITICAL_FORECAST) < 0).isPresent()) {
            return Level.CRITICAL;
        }
        boolean isWarning = used >= 0.5
                || lostIn.filter(in -> in.compareTo(WARNING_FORECAST) < 0).isPresent();
        return isWarning ? Level.WARNING : level;
    }

    /** The used part of the limit, from 0 to 1. */
    private static double used(SlotSample sample, long safe) {
        double limit = (double) sample.retainedBytes() + Math.max(0, safe);
        return limit == 0 ? 0 : sample.retainedBytes() / limit;
    }
}
