package nexus.doctor.slot;

import java.time.Duration;
import java.util.stream.LongStream;
import nexus.doctor.check.Amount;
import nexus.doctor.server.ServerSettings;

/**
 * The recommended limit of WAL for the slot: the average of a day, at least twice the WAL that checkpoints keep, and at
 * least twice the WAL that is kept already.
 *
 * @param gigabytes at least 4
 * @param walPerSecond bytes, 0 when unknown
 */
public record KeepSize(long gigabytes, double walPerSecond) {
    private static final long GIGABYTE = 1L << 30;
    private static final long LEAST = 4;
    private static final long SECONDS_PER_DAY = 86_400;

    public static KeepSize proposed(ServerSettings settings, SlotFacts slot) {
        long bytes = LongStream.of(
                        (long) (slot.walPerSecond() * SECONDS_PER_DAY),
                        2 * settings.get("max_wal_size", 0),
                        2 * slot.retainedBytes())
                .max()
                .orElse(0);
        return new KeepSize(Math.max(LEAST, (bytes + GIGABYTE - 1) / GIGABYTE), slot.walPerSecond());
    }

    /** In the notation of PostgreSQL. */
    public String text() {
        return gigabytes + "GB";
    }

    public String inWords() {
        if (walPerSecond <= 0) {
            return text() + " is a start; take no more than the disk can spare.";
        }
        Duration lasts = Duration.ofSeconds((long) (gigabytes * GIGABYTE / walPerSecond));
        return "Of the WAL written here on average, " + text() + " is " + Amount.time(lasts)
                + "; take no more than the disk can spare.";
    }
}
