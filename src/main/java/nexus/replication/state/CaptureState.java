package nexus.replication.state;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * The state of capture in this process.
 *
 * @param since time of the last change of status
 * @param detail information for an operator, such as the pid that capture waits for, or a missing right; never a secret
 * @param lagBytes bytes of WAL between the confirmed position and the end of the source's WAL
 * @param lagSeconds age of the newest stored commit while there is more to read
 * @param confirmedLsn the confirmed position in PostgreSQL's notation, {@code 0/1A2B3C8}
 * @param gap the last stretch in which changes may have been missed
 * @param slot health of the slot; empty while there is no slot or the source does not respond
 * @param notices problems of the tables that do not stop capture
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

    /** A state without measurements. */
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

    /** Keeps the lag only for a status with a reader, and the notices only for a process that checks the tables. */
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

    /** One problem, without names of tables, hosts or roles. */
    public record Notice(String code, String detail) {}

    /** The values of {@code capture.status} in the API. */
    public enum Status {
        /** The slot is being created, which waits for every open writing transaction. */
        CREATING,
        STREAMING,
        /** Streaming, with a large lag. */
        CATCHING_UP,
        /** Another process captures. */
        STANDBY,
        CONNECTING,
        /** Rights are missing. */
        BLOCKED,
        /** The slot is missing or was invalidated. */
        LOST,
        /** This process does not capture. */
        OFF;

        /** The notation of the API: {@code catching-up}. */
        public String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * A stretch of the WAL in which changes may have been missed: a row of {@code source_gap}.
     *
     * @param from LSN, if known
     * @param to LSN, if known
     * @param since commit time of the last change stored before the gap, if known
     */
    public record Gap(
            Optional<String> from, Optional<String> to, Optional<Instant> since, Instant noticedAt, String reason) {}
}
