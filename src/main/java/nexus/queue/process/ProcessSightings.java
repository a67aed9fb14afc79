package nexus.queue.process;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds silent processes, whose beat has stopped for the TTL on the observer's own monotonic clock. Clocks of different
 * machines are never compared. Time in which the observer could not read does not count, because the store was unreachable
 * for all, or the observer itself was paused. Immutable: each read returns new sightings.
 */
public final class ProcessSightings {
    /** A process at the time of a read. */
    public record Beat(int process, long epoch, long beat) {}

    private record Sighting(Beat beat, long stillNanos) {}

    private final long ttlNanos;
    private final long longestGapNanos;
    private final Map<Integer, Sighting> sightings;
    private final List<Beat> silent;
    private final long lastLook;

    /** @param longestGap between two reads; time above it does not count */
    public ProcessSightings(Duration ttl, Duration longestGap) {
        this(ttl.toNanos(), longestGap.toNanos(), Map.of(), List.of(), 0);
    }

    private ProcessSightings(
            long ttlNanos, long longestGapNanos, Map<Integer, Sighting> sightings, List<Beat> silent, long lastLook) {
        this.ttlNanos = ttlNanos;
        this.longestGapNanos = longestGapNanos;
        this.sightings = Map.copyOf(sightings);
        this.silent = List.copyOf(silent);
        this.lastLook = lastLook;
    }

    /** The processes that were silent at the last read. */
    public List<Beat> silent() {
        return silent;
    }

    /** Adds a read of all processes. */
    public ProcessSightings look(Collection<Beat> seen, long nowNanos) {
        long elapsed = Math.clamp(nowNanos - lastLook, 0, longestGapNanos);
        Map<Integer, Sighting> after = new HashMap<>();
        List<Beat> silentNow = new ArrayList<>();
        for (Beat beat : seen) {
            Sighting before = sightings.get(beat.process());
            long still = before != null && before.beat().equals(beat) ? before.stillNanos() + elapsed : 0;
            after.put(beat.process(), new Sighting(beat, still));
            if (still >= ttlNanos) {
                silentNow.add(beat);
            }
        }
        return new ProcessSightings(ttlNanos, longestGapNanos, after, silentNow, nowNanos);
    }
}
