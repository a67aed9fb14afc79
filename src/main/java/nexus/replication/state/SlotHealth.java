package nexus.replication.state;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The health of the slot, and the disk space that it costs the source.
 *
 * @param walStatus the value in {@code pg_replication_slots}: {@code reserved}, {@code extended}, {@code unreserved} or
 *     {@code lost}
 * @param retainedBytes bytes of WAL that the server keeps for the slot
 * @param safeBytes bytes of WAL that can still be written before the slot is in danger; empty when WAL is kept without
 *     limit
 * @param restartLag age of the oldest WAL kept for the slot
 * @param confirmedLagBytes bytes of WAL beyond the confirmed position
 * @param confirmedLag age of the oldest unconfirmed WAL
 * @param xminAge number of transactions since the oldest one whose catalog rows the slot protects from VACUUM
 * @param invalidation the reason why the server no longer sends the changes of this slot
 * @param lostIn time until the slot is lost, if WAL grows as in the last minutes
 */
public record SlotHealth(
        Level level,
        Optional<String> walStatus,
        long retainedBytes,
        OptionalLong safeBytes,
        Duration restartLag,
        long confirmedLagBytes,
        Duration confirmedLag,
        OptionalLong xminAge,
        Optional<String> invalidation,
        Optional<Duration> lostIn) {

    /** The urgency for an operator. */
    public enum Level {
        OK,
        WARNING,
        CRITICAL;

        /** The notation of the API. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** A description for an operator. */
    public String describe() {
        StringBuilder words =
                new StringBuilder("the source keeps " + megabytes(retainedBytes) + " of WAL for the slot");
        safeBytes.ifPresent(safe -> words.append(", ").append(megabytes(safe)).append(" more are safe"));
        lostIn.ifPresent(duration ->
                words.append("; at this rate the slot is lost in about ").append(rounded(duration)));
        invalidation.ifPresent(
                reason -> words.append("; the slot was invalidated: ").append(reason));
        return words.toString();
    }

    private static String megabytes(long bytes) {
        return bytes / (1024 * 1024) + " MB";
    }

    private static String rounded(Duration duration) {
        if (duration.toHours() >= 48) {
            return duration.toDays() + " days";
        }
        if (duration.toMinutes() >= 100) {
            return (duration.toMinutes() + 30) / 60 + " h";
        }
        return Math.max(1, duration.toMinutes()) + " min";
    }
}
