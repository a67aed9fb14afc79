package nexus.subscription;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import nexus.Refusal;
import nexus.api.Durations;
import nexus.api.JsonBody;
import nexus.event.TypePattern;

/** Reads the body of a POST or PATCH of {@code /v1/subscriptions}. */
final class SubscriptionRequest {
    static final int MAX_NAME = 200;
    private static final int MAX_EVENT_TYPES = 100;
    private static final int MAX_PATTERN = 1_024;
    private static final int MAX_RATE_LIMIT = 100_000;
    private static final String OWN_TABLES = "pg.nexus.";
    private static final Duration MIN_CAP = Duration.ofSeconds(1);
    private static final Duration MAX_CAP = Duration.ofDays(30);
    /** A delivery answered so has arrived, or is no answer at all: neither can be final failure. */
    private static final int MIN_DEAD_ON = 300;

    private final JsonBody body;

    private SubscriptionRequest(JsonBody body) {
        this.body = body;
    }

    /** @param generated the secret it gets when the body names none */
    static SubscriptionSettings create(JsonBody body, SigningSecret generated) {
        body.require("name", "endpointUrl", "eventTypes");
        SubscriptionSettings nothingYet = SubscriptionSettings.of("", URI.create(""), List.of(), generated);
        return new SubscriptionRequest(body).over(nothingYet);
    }

    /** Fields that are absent stay; null resets one that has a default. */
    static SubscriptionSettings change(JsonBody body, Subscription before) {
        for (String field : List.of("name", "endpointUrl", "eventTypes", "secret")) {
            if (body.isNull(field)) {
                body.error(field, "must not be null");
            }
        }
        if (before.door() == Door.LISTENER && body.has("eventTypes")) {
            body.error("eventTypes", "can't be changed: this is a listener, for one kind of change of one table");
        }
        return new SubscriptionRequest(body).over(before.settings());
    }

    private SubscriptionSettings over(SubscriptionSettings before) {
        body.oneOf("format", List.of(SubscriptionSettings.FORMAT));
        body.oneOf("targetType", List.of(SubscriptionSettings.TARGET_TYPE));
        SubscriptionSettings settings = new SubscriptionSettings(
                body.text("name", MAX_NAME).orElse(before.name()),
                body.parsed("endpointUrl", EndpointUrl.MAX_CHARACTERS, EndpointUrl::parse)
                        .orElse(before.endpointUrl()),
                body.texts("eventTypes", 1, MAX_EVENT_TYPES, MAX_PATTERN, SubscriptionRequest::pattern)
                        .orElse(before.eventTypes()),
                body.has("headers") ? TargetHeaders.read(body, before.headers()) : before.headers(),
                body.parsed("secret", SigningSecret.MAX_CHARACTERS, SigningSecret::parse)
                        .orElse(before.secret()),
                body.has("ordering")
                        ? body.oneOf("ordering", List.of("key", "none"))
                                .map("key"::equals)
                                .orElse(true)
                        : before.ordered(),
                body.has("concurrency")
                        ? body.integer("concurrency", 1, 1_000).orElse(SubscriptionSettings.DEFAULT_CONCURRENCY)
                        : before.concurrency(),
                body.has("rateLimit") ? body.integer("rateLimit", 1, MAX_RATE_LIMIT) : before.rateLimit(),
                body.has("retry")
                        ? body.object("retry").map(this::retry).orElse(RetrySettings.DEFAULT)
                        : before.retry(),
                body.has("deadOn")
                        ? Set.copyOf(
                                body.integers("deadOn", 300, MIN_DEAD_ON, 599).orElse(List.of()))
                        : before.deadOn(),
                body.has("isEnabled") ? body.bool("isEnabled").orElse(true) : before.isEnabled(),
                TargetCredentials.read(body, before.credentials()));
        body.check();
        return settings;
    }

    private static TypePattern pattern(String text, String pointer) {
        if (text.startsWith(OWN_TABLES)) {
            throw new Refusal.Invalid(pointer, "must not be about schema nexus: Nexus's own tables are never captured");
        }
        return TypePattern.of(text, pointer);
    }

    private RetrySettings retry(JsonBody retry) {
        return new RetrySettings(
                retry.integer("maxAttempts", 1, 100),
                retry.integer("baseSeconds", 1, 86_400),
                retry.parsed("cap", 20, (text, at) -> Durations.parse(text, at, MIN_CAP, MAX_CAP)));
    }
}
