package nexus.command.environment;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Every known variable, its syntax and the configuration key that it sets. */
public enum Variable {
    PORT(Format.PORT, "quarkus.http.port"),
    HOST(Format.ADDRESS, "quarkus.http.host"),
    MANAGEMENT_PORT(Format.PORT, "quarkus.management.port"),
    DATABASE_URL(Format.DATABASE, "nexus.store.url", true),
    SOURCE_DATABASE_URL(Format.DATABASE, "nexus.source.url", true),
    NEXUS_HOME(Format.PATH, null),
    NEXUS_ROLES(Format.ROLES, "nexus.process.roles"),
    NEXUS_SLOT(Format.SLOT, "nexus.source.slot"),
    NEXUS_PUBLICATION(Format.PUBLICATION, "nexus.source.publication"),
    NEXUS_SLOT_LOST(Format.SLOT_LOST, "nexus.source.slot-lost"),
    NEXUS_SLOT_MAX_LAG(Format.BIG_SIZE, "nexus.source.slot-max-lag"),
    NEXUS_DEMO(Format.FLAG, "nexus.demo.enabled"),
    NEXUS_INBOX(Format.FLAG, "nexus.inbox.enabled"),
    API_KEYS(Format.KEYS, "nexus.api.keys", true),
    API_RATE(Format.number("a whole number from 1 to 1000000", 1, 1_000_000), "nexus.api.rate"),
    API_PUBLISH_RATE(Format.number("a whole number from 1 to 1000000", 1, 1_000_000), "nexus.api.publish-rate"),
    CORS_ORIGINS(Format.ORIGINS, "nexus.api.cors-origins"),
    NEXUS_SECRET_KEY(Format.SECRET_KEY, "nexus.secret.key", true),
    NEXUS_SECRET_KEY_OLD(Format.SECRET_KEY, "nexus.secret.old-key", true),
    TARGETS_ALLOW(Format.TARGETS, "nexus.webhook.allow"),
    HTTPS_PROXY(Format.PROXY, "nexus.webhook.proxy", true),
    NO_PROXY(Format.DIRECT, "nexus.webhook.no-proxy"),
    SMTP_URL(Format.SMTP, "nexus.mail.smtp-url", true),
    DELIVERY_MAX_ATTEMPTS(Format.number("a whole number from 1 to 100", 1, 100), "nexus.delivery.max-attempts"),
    DELIVERY_BACKOFF_BASE_SECONDS(Format.seconds(1, 86_400), "nexus.delivery.backoff-base"),
    DELIVERY_BACKOFF_CAP(Format.DURATION, "nexus.delivery.backoff-cap"),
    DELIVERY_MAX_AGE(Format.DURATION, "nexus.delivery.max-age"),
    DELIVERY_TIMEOUT(Format.DURATION, "nexus.webhook.timeout"),
    DELIVERY_CONCURRENCY(Format.number("a whole number from 1 to 4096", 1, 4096), "nexus.delivery.concurrency"),
    DELIVERY_DISABLE_AFTER(Format.DURATION, "nexus.delivery.disable-after"),
    EVENT_MAX_BYTES(Format.SIZE, "nexus.source.event-max-bytes"),
    RETENTION(Format.DURATION, "nexus.upkeep.retention"),
    AUDIT_RETENTION(Format.DURATION, "nexus.upkeep.audit-retention"),
    SHUTDOWN_TIMEOUT(Format.DURATION, "nexus.process.shutdown-timeout"),
    OTEL_EXPORTER_OTLP_ENDPOINT(Format.HTTP_URL, "nexus.trace.endpoint"),
    OTEL_EXPORTER_OTLP_HEADERS(Format.HEADERS, "nexus.trace.headers", true),
    OTEL_SERVICE_NAME(Format.NAME, "nexus.trace.service-name"),
    OTEL_TRACES_SAMPLER_ARG(Format.SHARE, "nexus.trace.ratio");

    private final Format format;
    private final @Nullable String key;
    private final boolean secret;

    Variable(Format format, @Nullable String key) {
        this(format, key, false);
    }

    Variable(Format format, @Nullable String key, boolean secret) {
        this.format = format;
        this.key = key;
        this.secret = secret;
    }

    Format format() {
        return format;
    }

    /** Empty for variables that only the start itself reads. */
    public Optional<String> key() {
        return Optional.ofNullable(key);
    }

    /** A secret may be read from a file named by {@code <NAME>_FILE}. */
    public boolean secret() {
        return secret;
    }
}
