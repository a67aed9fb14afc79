package nexus.replication.state;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;

/** Where capture says how it is doing, for health, probes and meters. Until it says anything it is {@code off}. */
@Singleton
public class CaptureStatus {
    private volatile CaptureState current;

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
}
