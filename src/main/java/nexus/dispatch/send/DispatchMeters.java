package nexus.dispatch.send;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter.MeterProvider;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import nexus.target.SendResult;

/** Meter names are public: README.md lists them. Tags are closed sets, never an id or a URL. */
@Singleton
public final class DispatchMeters {
    private final MeterProvider<Timer> requests;
    private final MeterProvider<Counter> attempts;
    private final Timer latency;
    private final Map<String, OfOutcome> byOutcome = new ConcurrentHashMap<>();
    private volatile int openRequests;

    /** The meters of one outcome, kept because a look-up in the registry costs more than counting. */
    private record OfOutcome(Timer requests, Counter attempts) {}

    public DispatchMeters(MeterRegistry registry) {
        requests = Timer.builder("nexus.webhook.request")
                .description("One request to one endpoint: name lookup to last byte, or to the error")
                .publishPercentileHistogram()
                .minimumExpectedValue(Duration.ofMillis(1))
                .maximumExpectedValue(Duration.ofSeconds(30))
                .withRegistry(registry);
        attempts = Counter.builder("nexus.delivery.attempts")
                .description("Attempts, by outcome")
                .withRegistry(registry);
        latency = Timer.builder("nexus.delivery.latency")
                .description("From the moment an event was stored to the 2xx of its receiver")
                .publishPercentileHistogram()
                .minimumExpectedValue(Duration.ofMillis(1))
                .maximumExpectedValue(Duration.ofMinutes(5))
                .register(registry);
        Gauge.builder("nexus.delivery.underway", this, meters -> meters.openRequests)
                .description("Deliveries in memory: read ahead, started, not settled yet; by what they wait for")
                .tag("stage", "request")
                .register(registry);
    }

    public void requests(int open) {
        openRequests = open;
    }

    /** Counts a request. */
    public void answered(SendResult result) {
        if (!(result instanceof SendResult.Unsendable)) { // no request was made
            byOutcome.computeIfAbsent(result.outcome(), this::of).requests().record(result.took());
        }
    }

    /** Counts an attempt of one delivery. */
    public void attempted(SendResult result, Duration sinceOwed) {
        byOutcome.computeIfAbsent(result.outcome(), this::of).attempts().increment();
        if (result instanceof SendResult.Delivered) {
            latency.record(sinceOwed);
        }
    }

    private OfOutcome of(String outcome) {
        return new OfOutcome(requests.withTag("outcome", outcome), attempts.withTag("outcome", outcome));
    }
}
