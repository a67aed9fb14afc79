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
 * Up when the store responds and its schema exists. The state of capture is shown but does not count, because a process
 * that cannot capture still takes events and delivers. The reason needs a key (health, doctor), as the probe is open.
 */
@Readiness
@Singleton
public class ReadinessProbe implements HealthCheck {
    private static final int STORE_ANSWERS_WITHIN_SECONDS = 3;

    /** Fails while the schema does not exist. */
    private static final String SCHEMA = "SELECT epoch FROM store";

    private final Store store;
    private final CaptureStatus capture;

    public ReadinessProbe(Store store, CaptureStatus capture) {
        this.store = store;
        this.capture = capture;
    }

    /** Runs on a worker thread, so it may block. */
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
