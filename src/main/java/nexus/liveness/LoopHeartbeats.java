package nexus.liveness;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * The loops of this process and when each of them last came round. A loop that has beaten once must beat again within the
 * time it has named, until it says that it has stopped; while one has not, the liveness probe fails.
 *
 * <p>A loop beats when a round is over, however it went: one that fails because the database is away goes on, and a
 * restart would not help it.
 */
@Singleton
public class LoopHeartbeats {
    /** For a loop with rounds of seconds: far above what one takes, far below what an operator would wait. */
    public static final Duration SILENCE = Duration.ofSeconds(60);

    private record Beat(long at, Duration nextWithin) {}

    /** How long ago a loop has come round, and within which time it has to again. */
    public record Silence(Duration lasted, Duration allowed) {
        public boolean isTooLong() {
            return lasted.compareTo(allowed) > 0;
        }
    }

    private final Map<String, Beat> lastBeats = new ConcurrentHashMap<>();
    private final LongSupplier nanoTime;

    @Inject
    public LoopHeartbeats() {
        this(System::nanoTime);
    }

    LoopHeartbeats(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** The next one comes within {@link #SILENCE}. */
    public void beat(String loop) {
        beat(loop, SILENCE);
    }

    /**
     * Has come round.
     *
     * @param loop its name, which the probe shows
     * @param nextWithin longest time until the next beat of a loop that is alive, waits for a database included
     */
    public void beat(String loop, Duration nextWithin) {
        lastBeats.put(loop, new Beat(nanoTime.getAsLong(), nextWithin));
    }

    /** The loop has ended as it should: it is not missed. */
    public void stopped(String loop) {
        lastBeats.remove(loop);
    }

    /** Every loop by name. */
    public Map<String, Silence> silences() {
        Map<String, Silence> silences = new TreeMap<>();
        lastBeats.forEach((loop, beat) ->
                silences.put(loop, new Silence(Duration.ofNanos(nanoTime.getAsLong() - beat.at()), beat.nextWithin())));
        return silences;
    }
}
