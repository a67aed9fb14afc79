package nexus.replication.state;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How safe the slot is, and how much of the source's disk it costs.
 *
 * @param walStatus as {@code pg_replication_slots} says: {@code reserved}, {@code extended}, {@code unreserved},
 *     {@code lost}
 * @param retainedBytes WAL that the server keeps for it
 * @param safeBytes WAL that may still be written before it is in danger; empty when WAL is kept without limit
 * @param restartLag age of the oldest WAL kept for it
 * @param confirmedLagBytes WAL behind the last position confirmed
 * @param confirmedLag for how long there has been WAL that is not confirmed
 * @param xminAge transactions since the oldest whose catalog rows it keeps from VACUUM
 * @param invalidation why the server will not send its changes any more
 * @param lostIn when it will be lost if WAL goes on growing as in the last minutes
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

    /** How soon somebody has to look. */
    public enum Level {
        OK,
        WARNING,
        CRITICAL;

        /** As the API writes it. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** In words for an operator. */
    public String inWords() {
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
