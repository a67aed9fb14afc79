package nexus.page.source;

import java.math.BigDecimal;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What happens to the replication slot if nothing changes, in words.
 *
 * @param level {@code good}, {@code warn} or {@code bad}
 */
record SlotForecast(String level, String title, String detail) {
    private static final long SOON_SECONDS = 4 * 3_600L;
    private static final long DAY_SECONDS = 86_400;

    /** @param capture the member of health; its slot may be null */
    static SlotForecast of(Map<String, @Nullable Object> capture, Map<String, @Nullable Object> slot) {
        String status = String.valueOf(capture.get("status"));
        if (status.equals("lost")) {
            return new SlotForecast(
                    "bad",
                    "The slot is lost.",
                    "PostgreSQL no longer keeps the changes that were not read. Continue with a new slot below; the gap is recorded.");
        }
        if (status.equals("off") || status.equals("standby")) {
            return new SlotForecast(
                    "good",
                    status.equals("off") ? "This process does not capture." : "Another process captures.",
                    "What it reads of the source appears there.");
        }
        if (slot.isEmpty()) {
            return new SlotForecast(
                    status.equals("streaming") || status.equals("catching-up") ? "good" : "warn",
                    status.equals("creating") ? "The slot is being created." : "The slot was not measured yet.",
                    status.equals("creating")
                            ? "That waits for every transaction that was writing when it began."
                            : "Its figures appear within a minute of capture.");
        }
        long lostIn = number(slot.get("lostInSeconds"), -1);
        if (lostIn >= 0) {
            return new SlotForecast(
                    lostIn < SOON_SECONDS ? "bad" : lostIn < DAY_SECONDS ? "warn" : "good",
                    "The slot is safe for " + span(lostIn) + ".",
                    "At the present rate of writing, and if nothing is read. Then max_slot_wal_keep_size lets PostgreSQL remove"
                            + " the changes that are not read yet.");
        }
        String level = String.valueOf(slot.get("level"));
        return new SlotForecast(
                level.equals("critical") ? "bad" : level.equals("warning") ? "warn" : "good",
                slot.get("safeBytes") == null
                        ? "The slot is safe: PostgreSQL keeps its WAL without limit."
                        : "The slot is not in danger.",
                slot.get("safeBytes") == null
                        ? "While capture is away, the WAL grows until the disk is full; set max_slot_wal_keep_size to bound it."
                        : "It is read faster than the WAL grows.");
    }

    private static long number(@Nullable Object value, long otherwise) {
        return value instanceof Number number ? new BigDecimal(number.toString()).longValue() : otherwise;
    }

    static String span(long seconds) {
        if (seconds < 60) {
            return seconds + " s";
        }
        if (seconds < 3_600) {
            return seconds / 60 + " min";
        }
        return seconds < 2 * DAY_SECONDS ? seconds / 3_600 + " h" : seconds / DAY_SECONDS + " days";
    }
}
