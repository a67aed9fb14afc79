package nexus.queue.backlog;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.function.ToDoubleFunction;

/** Meters of the backlog in memory. Their names are public and listed in README.md. */
@Singleton
public final class BacklogMeters {
    private volatile int waitingForRoom;
    private volatile int waitingForBody;
    private volatile long bodyBytes;
    private volatile int waitingOutcomes;

    @Inject
    public BacklogMeters(MeterRegistry registry) {
        underWay(registry, "ahead", meters -> meters.waitingForRoom);
        underWay(registry, "body", meters -> meters.waitingForBody);
        underWay(registry, "outcome", meters -> meters.waitingOutcomes);
        Gauge.builder("nexus.delivery.body.bytes", this, meters -> meters.bodyBytes)
                .description("Bodies in memory for requests under way")
                .baseUnit("bytes")
                .register(registry);
    }

    private void underWay(MeterRegistry registry, String stage, ToDoubleFunction<BacklogMeters> value) {
        Gauge.builder("nexus.delivery.underway", this, value)
                .description("Deliveries in memory: read ahead, started, not settled yet; by what they wait for")
                .tag("stage", stage)
                .register(registry);
    }

    /** Deliveries that are read and wait for room for their request. */
    void ahead(int waiting) {
        waitingForRoom = waiting;
    }

    /** Deliveries that wait for room for their body, and the memory of the others. */
    void bodies(int waiting, long bytes) {
        waitingForBody = waiting;
        bodyBytes = bytes;
    }

    void outcomes(int waiting) {
        waitingOutcomes = waiting;
    }
}
