package nexus.liveness;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * The loops of this process and when each of them last came round. A loop that has beaten once must go on doing so,
 * until it says that it has stopped: the liveness probe fails while one is silent for {@link #SILENCE}.
 */
@Singleton
public class LoopHeartbeats {
    /** Far above what a loop needs for one round, far below what an operator would wait. */
    public static final Duration SILENCE = Duration.ofSeconds(60);

    private final Map<String, Long> lastBeats = new ConcurrentHashMap<>();
    private final LongSupplier nanoTime;

    @Inject
    public LoopHeartbeats() {
        this(System::nanoTime);
    }

    LoopHeartbeats(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** @param loop its name, which the probe shows */
    public void beat(String loop) {
        lastBeats.put(loop, nanoTime.getAsLong());
    }

    /** The loop has ended as it should: it is not missed. */
    public void stopped(String loop) {
        lastBeats.remove(loop);
    }

    /** Every loop by name, and for how long it has been silent. */
    public Map<String, Duration> silences() {
        Map<String, Duration> silences = new TreeMap<>();
        lastBeats.forEach((loop, beat) -> silences.put(loop, Duration.ofNanos(nanoTime.getAsLong() - beat)));
        return silences;
    }

    /** Whether a loop that has been silent for so long is dead. */
    public static boolean isTooLong(Duration silence) {
        return silence.compareTo(SILENCE) > 0;
    }
}
