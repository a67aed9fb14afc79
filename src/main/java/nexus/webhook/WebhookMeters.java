package nexus.webhook;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/** Meter names are public: README.md lists them. */
@Singleton
class WebhookMeters {
    void register(@Observes @Priority(25) StartupEvent event, MeterRegistry registry, WebhookSender sender) {
        Gauge.builder("nexus.webhook.connections", sender, WebhookSender::connections)
                .description("Connections to receivers that are open, in use or kept for a moment")
                .register(registry);
        FunctionCounter.builder("nexus.webhook.answers.cut", sender, WebhookSender::cutAnswers)
                .description("Answers longer than what is read of one")
                .register(registry);
    }
}
