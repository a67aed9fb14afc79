package nexus.status.health;

import jakarta.inject.Singleton;
import java.util.Map;
import nexus.liveness.LoopHeartbeats;
import nexus.liveness.LoopHeartbeats.Silence;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Liveness;

/** Down when a loop missed its beat, which only a restart fixes. An unreachable database stops no loop. */
@Liveness
@Singleton
public class LivenessProbe implements HealthCheck {
    private final LoopHeartbeats heartbeats;

    public LivenessProbe(LoopHeartbeats heartbeats) {
        this.heartbeats = heartbeats;
    }

    @Override
    public HealthCheckResponse call() {
        Map<String, Silence> silences = heartbeats.silences();
        HealthCheckResponseBuilder response = HealthCheckResponse.named("loops");
        silences.forEach(
                (loop, silence) -> response.withData(loop, silence.lasted().toSeconds() + "s"));
        return response.status(silences.values().stream().noneMatch(Silence::isTooLong))
                .build();
    }
}
