package nexus.replication.state;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;

/** Holds the state of capture for health, probes and meters. It is {@code off} until capture reports another one. */
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
