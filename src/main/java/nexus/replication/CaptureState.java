package nexus.replication;

import java.time.Instant;
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
 */
public record CaptureState(
        Status status,
        Instant since,
        Optional<String> detail,
        OptionalLong lagBytes,
        OptionalDouble lagSeconds,
        Optional<String> confirmedLsn,
        Optional<Gap> gap) {

    /** A state of which nothing is measured yet. */
    public static CaptureState of(Status status, Instant since) {
        return new CaptureState(
                status,
                since,
                Optional.empty(),
                OptionalLong.empty(),
                OptionalDouble.empty(),
                Optional.empty(),
                Optional.empty());
    }

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
