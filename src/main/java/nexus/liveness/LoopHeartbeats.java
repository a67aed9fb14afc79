package nexus.liveness;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * The loops of this process and the time of their last beat. A loop that has beaten once must beat again within the time
 * it announced, until it reports that it stopped; otherwise the liveness probe fails.
 *
 * <p>A loop beats after every round, also after a failed one: if the database is unreachable, a restart would not help.
 */
@Singleton
public class LoopHeartbeats {
    /** For loops with rounds of seconds. */
    public static final Duration SILENCE = Duration.ofSeconds(60);

    private record Beat(long at, Duration nextWithin) {}

    /** The time since the last beat of a loop, and the time that it announced. */
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

    /** Announces the next beat within {@link #SILENCE}. */
    public void beat(String loop) {
        beat(loop, SILENCE);
    }

    /**
     * Records a beat.
     *
     * @param loop its name, which the probe shows
     * @param nextWithin longest time until the next beat of a loop that is alive, waits for a database included
     */
    public void beat(String loop, Duration nextWithin) {
        lastBeats.put(loop, new Beat(nanoTime.getAsLong(), nextWithin));
    }

    /** Records that the loop stopped regularly. */
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
