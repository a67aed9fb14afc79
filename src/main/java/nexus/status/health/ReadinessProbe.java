package nexus.status.health;

import jakarta.inject.Singleton;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import nexus.replication.state.CaptureState;
import nexus.replication.state.CaptureStatus;
import nexus.store.Store;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/**
 * Up when the store answers and its schema is there. Capture's state is only shown: a process that can't capture can
 * still take events and deliver. Why it can't is for those with a key (health, doctor): the probe is open.
 */
@Readiness
@Singleton
public class ReadinessProbe implements HealthCheck {
    private static final int STORE_ANSWERS_WITHIN_SECONDS = 3;

    /** Fails while the schema is not there. */
    private static final String SCHEMA = "SELECT epoch FROM store";

    private final Store store;
    private final CaptureStatus capture;

    public ReadinessProbe(Store store, CaptureStatus capture) {
        this.store = store;
        this.capture = capture;
    }

    /** Called on a worker thread, so it may wait. */
    @Override
    public HealthCheckResponse call() {
        CaptureState captured = capture.current();
        HealthCheckResponseBuilder response = HealthCheckResponse.named("store")
                .withData("capture", captured.status().text());
        try {
            store.api()
                    .query(SCHEMA)
                    .execute()
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(STORE_ANSWERS_WITHIN_SECONDS, TimeUnit.SECONDS);
            return response.up().build();
        } catch (ExecutionException | TimeoutException e) {
            return response.down().build();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return response.down().build();
        }
    }
}
