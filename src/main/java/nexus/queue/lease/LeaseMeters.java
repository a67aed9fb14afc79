package nexus.queue.lease;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.function.Supplier;

/** Meters of the shared work. Their names are public and listed in README.md. */
@Singleton
public final class LeaseMeters {
    private final MeterRegistry registry;
    private final Counter takeovers;
    private final Counter refused;

    @Inject
    public LeaseMeters(MeterRegistry registry) {
        this.registry = registry;
        takeovers = Counter.builder("nexus.lease.takeovers")
                .description("Silent processes whose shards this one has freed")
                .register(registry);
        refused = Counter.builder("nexus.lease.settlements.refused")
                .description("Outcomes that the store refused because this process had been taken over")
                .register(registry);
    }

    void show(Supplier<Number> shards, Supplier<Number> ageSeconds) {
        Gauge.builder("nexus.lease.shards", shards)
                .description("Shards of lanes that this process owns, of 64")
                .register(registry);
        Gauge.builder("nexus.lease.age", ageSeconds)
                .description("Since this process sent its last beat that went through; NaN without a lease")
                .baseUnit("seconds")
                .register(registry);
    }

    void takenOver() {
        takeovers.increment();
    }

    void refused(int outcomes) {
        refused.increment(outcomes);
    }
}
