package nexus.replication.state;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;

/** Where capture says how it is doing, for health, probes and meters. Until it says anything it is {@code off}. */
@Singleton
public class CaptureStatus {
    private volatile CaptureState current;
    private volatile Optional<Undecoded> undecoded = Optional.empty();

    /**
     * Row changes that this process could not decode as their types promise, and sent as texts.
     *
     * @param table of the last one
     * @param reason of the last one
     */
    public record Undecoded(long count, Instant firstAt, Instant lastAt, String table, String reason) {}

    @Inject
    public CaptureStatus(Clock clock) {
        this.current = CaptureState.of(CaptureState.Status.OFF, clock.instant());
    }

    public CaptureState current() {
        return current;
    }

    public void publish(CaptureState state) {
        current = state;
    }

    public Optional<Undecoded> undecoded() {
        return undecoded;
    }

    void publish(Undecoded seen) {
        undecoded = Optional.of(seen);
    }
}
