package nexus.queue.process;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which processes have fallen silent: their beat stood still for the TTL on the observer's own monotonic clock. Clocks of
 * different machines are never compared. Time in which the observer could not look does not count: then the store was
 * away for everybody, or the observer itself was paused.
 */
public final class ProcessSightings {
    /** A process as it was seen. */
    public record Beat(int process, long epoch, long beat) {}

    private record Sighting(Beat beat, long stillNanos) {}

    private final long ttlNanos;
    private final long longestGapNanos;
    private final Map<Integer, Sighting> sightings = new HashMap<>();
    private long lastLook;

    /** @param longestGap between two looks: what is above it does not count */
    public ProcessSightings(Duration ttl, Duration longestGap) {
        this.ttlNanos = ttl.toNanos();
        this.longestGapNanos = longestGap.toNanos();
    }

    /** Takes one look at all processes; gives those that are silent. */
    public List<Beat> silent(Collection<Beat> seen, long nowNanos) {
        long elapsed = Math.clamp(nowNanos - lastLook, 0, longestGapNanos);
        lastLook = nowNanos;
        Set<Integer> present = new HashSet<>();
        List<Beat> silent = new ArrayList<>();
        for (Beat beat : seen) {
            present.add(beat.process());
            Sighting before = sightings.get(beat.process());
            long still = before != null && before.beat().equals(beat) ? before.stillNanos() + elapsed : 0;
            sightings.put(beat.process(), new Sighting(beat, still));
            if (still >= ttlNanos) {
                silent.add(beat);
            }
        }
        sightings.keySet().retainAll(present);
        return silent;
    }
}
