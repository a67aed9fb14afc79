package nexus.status;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Map;
import nexus.liveness.LoopHeartbeats;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Liveness;

/** Down when a loop has fallen silent: only a restart brings it back. */
@Liveness
@Singleton
public class LivenessProbe implements HealthCheck {
    private final LoopHeartbeats heartbeats;

    public LivenessProbe(LoopHeartbeats heartbeats) {
        this.heartbeats = heartbeats;
    }

    @Override
    public HealthCheckResponse call() {
        Map<String, Duration> silences = heartbeats.silences();
        HealthCheckResponseBuilder response = HealthCheckResponse.named("loops");
        silences.forEach((loop, silence) -> response.withData(loop, silence.toSeconds() + "s"));
        return response.status(silences.values().stream().noneMatch(LoopHeartbeats::isTooLong))
                .build();
    }
}
