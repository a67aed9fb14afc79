package nexus.subscription.api;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import nexus.api.json.Durations;
import nexus.api.json.JsonBody;
import nexus.api.json.Timestamps;
import nexus.event.TypePattern;
import nexus.refusal.Refusal;
import nexus.subscription.Door;
import nexus.subscription.RetrySettings;
import nexus.subscription.Subscription;
import nexus.subscription.SubscriptionSettings;
import nexus.subscription.secret.SigningSecret;
import nexus.subscription.target.EndpointUrl;
import nexus.subscription.target.KeptSecrets;
import nexus.subscription.target.TargetCredentials;
import nexus.subscription.target.TargetHeaders;
import nexus.subscription.warning.SecretWarning;
import nexus.subscription.warning.Warning;

/** Reads the body of a POST or PATCH of {@code /v1/subscriptions}. */
public final class SubscriptionRequest {
    public static final int MAX_NAME = 200;
    private static final int MAX_EVENT_TYPES = 100;
    private static final int MAX_PATTERN = 1_024;
    private static final int MAX_RATE_LIMIT = 100_000;
    private static final int MAX_WARNINGS = 1_000;
    private static final int MAX_WARNING = 100_000;
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
        body.require("endpointUrl", "eventTypes");
        SubscriptionSettings nothingYet = SubscriptionSettings.of("", URI.create(""), List.of(), generated);
        SubscriptionSettings settings = new SubscriptionRequest(body).over(nothingYet, new KeptSecrets());
        body.check();
        return settings;
    }

    /**
     * Fields that are absent stay; null resets one that has a default. A whole answer may come back: what is shown and
     * cannot be set must be as it was shown, and hidden values stay what they are.
     */
    static SubscriptionSettings change(JsonBody body, Subscription before) {
        for (String field : List.of("endpointUrl", "eventTypes", "secret")) {
            if (body.isNull(field)) {
                body.error(field, "must not be null");
            }
        }
        readOnly(body, before);
        KeptSecrets kept = new KeptSecrets();
        SubscriptionSettings after = new SubscriptionRequest(body).over(before.settings(), kept);
        if (before.door() == Door.LISTENER && !after.eventTypes().equals(before.eventTypes())) {
            body.error("eventTypes", "can't be changed: this is a listener, for one kind of change of one table");
        }
        kept.check(body, before.endpointUrl(), before.credentials(), after.endpointUrl(), after.credentials());
        body.check();
        return after;
    }

    private static void readOnly(JsonBody body, Subscription before) {
        SubscriptionView shown = SubscriptionView.of(before, true);
        body.readOnly("id", shown.id()::equals);
        body.readOnly("publicKey", text -> Objects.equals(text, shown.publicKey()));
        body.readOnly("disabledReason", text -> Objects.equals(text, shown.disabledReason()));
        body.readOnly("createdAt", shown.createdAt()::equals);
        body.readOnly("updatedAt", text -> text != null && isUpTo(text, before.updatedAt()));
        body.objects("warnings", 0, MAX_WARNINGS) // of the answer to a POST or PATCH
                .orElse(List.of())
                .forEach(
                        warning -> List.of("code", "detail", "fix").forEach(field -> warning.text(field, MAX_WARNING)));
    }

    /** Who sends an answer back a second time has an earlier time than the first one left. */
    private static boolean isUpTo(String text, Instant latest) {
        try {
            return !Timestamps.parse(text, "").isAfter(latest);
        } catch (Refusal.Invalid e) {
            return false;
        }
    }

    /** Says how libraries would misread a secret that the body gives. */
    static Optional<Warning> secretWarning(JsonBody body) {
        return body.text("secret", SigningSecret.MAX_CHARACTERS)
                .filter(text -> !text.equals(TargetHeaders.HIDDEN))
                .flatMap(text -> SecretWarning.of(new SigningSecret(text)));
    }

    private SubscriptionSettings over(SubscriptionSettings before, KeptSecrets kept) {
        body.oneOf("format", List.of(SubscriptionSettings.FORMAT));
        body.parsed("targetType", 20, SubscriptionSettings::targetType);
        URI endpointUrl = body.parsed(
                        "endpointUrl", EndpointUrl.MAX_CHARACTERS, (text, at) -> endpoint(text, at, before))
                .orElse(before.endpointUrl());
        return new SubscriptionSettings(
                name(before, endpointUrl),
                endpointUrl,
                body.texts("eventTypes", 1, MAX_EVENT_TYPES, MAX_PATTERN, SubscriptionRequest::pattern)
                        .orElse(before.eventTypes()),
                TargetHeaders.read(body, before.headers(), kept),
                body.parsed("secret", SigningSecret.MAX_CHARACTERS, (text, at) -> secret(text, at, before))
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
                TargetCredentials.read(body, before.credentials(), kept));
    }

    /** Absent on the first occasion, or null: the endpoint's host. */
    private String name(SubscriptionSettings before, URI endpointUrl) {
        Optional<String> given = body.text("name", MAX_NAME);
        if (given.isPresent() || (!before.name().isEmpty() && !body.isNull("name"))) {
            return given.orElse(before.name());
        }
        String host = EndpointUrl.host(endpointUrl);
        return host.length() > MAX_NAME ? host.substring(0, MAX_NAME) : host;
    }

    /** What is stored stays valid, whatever was allowed when it was given. */
    private static URI endpoint(String text, String pointer, SubscriptionSettings before) {
        return text.equals(before.endpointUrl().toString()) ? before.endpointUrl() : EndpointUrl.parse(text, pointer);
    }

    private static SigningSecret secret(String text, String pointer, SubscriptionSettings before) {
        return text.equals(TargetHeaders.HIDDEN) ? before.secret() : SigningSecret.parse(text, pointer);
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
