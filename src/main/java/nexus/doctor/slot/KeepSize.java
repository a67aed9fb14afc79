package nexus.doctor.slot;

import java.time.Duration;
import java.util.stream.LongStream;
import nexus.doctor.check.Amount;
import nexus.doctor.server.ServerSettings;

/**
 * How much WAL to keep for the slot: what a day writes on average, at least twice what checkpoints keep anyway, and
 * twice what is kept already.
 *
 * @param gigabytes at least 4
 * @param walPerSecond bytes, 0 when not known
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

    /** As PostgreSQL reads it. */
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
