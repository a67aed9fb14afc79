package nexus.replication.state;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * How capture is doing in this process.
 *
 * @param since when it came into this status
 * @param detail what an operator needs to know about it: a pid that is waited for, a right that is missing. No secrets
 * @param lagBytes WAL between the last position confirmed and the source's end
 * @param lagSeconds age of the newest commit that is stored, while there is more to read
 * @param confirmedLsn as PostgreSQL writes it, {@code 0/1A2B3C8}
 * @param gap the last stretch in which changes may have been missed
 * @param slot how safe the slot is; empty while there is none or the source can't be asked
 * @param notices what is wrong with the tables while capture itself goes on
 */
public record CaptureState(
        Status status,
        Instant since,
        Optional<String> detail,
        OptionalLong lagBytes,
        OptionalDouble lagSeconds,
        Optional<String> confirmedLsn,
        Optional<Gap> gap,
        Optional<SlotHealth> slot,
        List<Notice> notices) {

    public CaptureState {
        notices = List.copyOf(notices);
    }

    /** A state of which nothing is measured yet. */
    public static CaptureState of(Status status, Instant since) {
        return new CaptureState(
                status,
                since,
                Optional.empty(),
                OptionalLong.empty(),
                OptionalDouble.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of());
    }

    /** The lag is that of a reader, and the notices are those of the process that looks at the tables. */
    CaptureState withStatus(Status status, Instant since, Optional<String> detail) {
        boolean reads = status == Status.STREAMING || status == Status.CATCHING_UP;
        boolean looksAtTables = status != Status.STANDBY && status != Status.OFF;
        return new CaptureState(
                status,
                since,
                detail,
                reads ? lagBytes : OptionalLong.empty(),
                reads ? lagSeconds : OptionalDouble.empty(),
                confirmedLsn,
                gap,
                slot,
                looksAtTables ? notices : List.of());
    }

    CaptureState withLag(long bytes, double seconds) {
        return new CaptureState(
                status,
                since,
                detail,
                OptionalLong.of(bytes),
                OptionalDouble.of(seconds),
                confirmedLsn,
                gap,
                slot,
                notices);
    }

    CaptureState withConfirmed(String lsn) {
        return new CaptureState(status, since, detail, lagBytes, lagSeconds, Optional.of(lsn), gap, slot, notices);
    }

    CaptureState withGap(Gap last) {
        return new CaptureState(
                status, since, detail, lagBytes, lagSeconds, confirmedLsn, Optional.of(last), slot, notices);
    }

    CaptureState withNotices(List<Notice> found) {
        return new CaptureState(status, since, detail, lagBytes, lagSeconds, confirmedLsn, gap, slot, found);
    }

    CaptureState withSlot(Optional<SlotHealth> health) {
        return new CaptureState(status, since, detail, lagBytes, lagSeconds, confirmedLsn, gap, health, notices);
    }

    /** One thing that is wrong, without names of tables, hosts or roles. */
    public record Notice(String code, String detail) {}

    /** The words of {@code capture.status} in the API. */
    public enum Status {
        /** The slot is being made: it waits for every writing transaction that is open. */
        CREATING,
        STREAMING,
        /** Streaming, and still far behind. */
        CATCHING_UP,
        /** Another process captures. */
        STANDBY,
        CONNECTING,
        /** Rights are missing. */
        BLOCKED,
        /** The slot is gone or can't go on. */
        LOST,
        /** This process does not capture. */
        OFF;

        /** As the API writes it: {@code catching-up}. */
        public String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * A stretch of the WAL in which changes may have been missed: a row of {@code source_gap}.
     *
     * @param from LSN, when it is known
     * @param to LSN, when it is known
     * @param since commit time of the last change stored before it, when it is known
     */
    public record Gap(
            Optional<String> from, Optional<String> to, Optional<Instant> since, Instant noticedAt, String reason) {}
}
