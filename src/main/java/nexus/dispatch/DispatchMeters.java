package nexus.dispatch;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter.MeterProvider;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.inject.Singleton;
import java.time.Duration;
import nexus.webhook.SendResult;

/** Meter names are public: README.md lists them. Tags are closed sets, never an id or a URL. */
@Singleton
public class DispatchMeters {
    private final MeterProvider<Timer> requests;
    private final MeterProvider<Counter> attempts;
    private final Timer latency;

    public DispatchMeters(MeterRegistry registry) {
        requests = Timer.builder("nexus.webhook.request")
                .description("One request to one endpoint: name lookup to last byte, or to the error")
                .publishPercentileHistogram()
                .minimumExpectedValue(Duration.ofMillis(1))
                .maximumExpectedValue(Duration.ofSeconds(30))
                .withRegistry(registry);
        attempts = Counter.builder("nexus.delivery.attempts")
                .description("Requests made, by what became of them")
                .withRegistry(registry);
        latency = Timer.builder("nexus.delivery.latency")
                .description("From the moment an event was stored to the 2xx of its receiver")
                .publishPercentileHistogram()
                .minimumExpectedValue(Duration.ofMillis(1))
                .maximumExpectedValue(Duration.ofMinutes(5))
                .register(registry);
    }

    void sent(SendResult result, Duration sinceOwed) {
        requests.withTag("outcome", result.outcome()).record(result.took());
        attempts.withTag("outcome", result.outcome()).increment();
        if (result instanceof SendResult.Delivered) {
            latency.record(sinceOwed);
        }
    }
}
