package nexus.webhook.guard;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The settings that tests of this room change. */
public record TestWebhookConfig(Duration timeout, int maxConnectionsPerHost, Optional<List<String>> allow)
        implements WebhookConfig {

    public static WebhookConfig of(Duration timeout, int maxConnectionsPerHost, String... allow) {
        return new TestWebhookConfig(timeout, maxConnectionsPerHost, Optional.of(List.of(allow)));
    }

    @Override
    public Optional<String> proxy() {
        return Optional.empty();
    }

    @Override
    public Optional<List<String>> noProxy() {
        return Optional.empty();
    }

    @Override
    public Duration connectTimeout() {
        return Duration.ofSeconds(5);
    }

    @Override
    public int maxWaitingPerHost() {
        return 1000;
    }

    @Override
    public Duration keepAlive() {
        return Duration.ofSeconds(4);
    }

    @Override
    public int maxHeaderBytes() {
        return 16384;
    }

    @Override
    public int maxAnswerBytes() {
        return 16_384;
    }

    @Override
    public Duration lookupCache() {
        return Duration.ofSeconds(5);
    }
}
