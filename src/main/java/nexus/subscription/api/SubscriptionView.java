package nexus.subscription.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nexus.event.EventBody;
import nexus.event.TypePattern;
import nexus.notation.DurationText;
import nexus.subscription.RetrySettings;
import nexus.subscription.Subscription;
import nexus.subscription.SubscriptionSettings;
import nexus.subscription.catalog.SubscriptionRegistry;
import nexus.subscription.target.EndpointUrl;
import nexus.subscription.target.TargetHeaders;
import nexus.subscription.warning.Warning;
import nexus.target.credential.Ed25519Key;
import org.jspecify.annotations.Nullable;

/** A subscription as {@code /v1/subscriptions} shows it. */
@RegisterForReflection
record SubscriptionView(
        String id,
        String name,
        String endpointUrl,
        List<String> eventTypes,
        boolean isEnabled,
        String format,
        String targetType,
        Map<String, String> headers,
        String ordering,
        int concurrency,
        @Nullable Integer rateLimit,
        String signing,
        @Nullable String publicKey,
        @Nullable Auth auth,
        @Nullable Tls tls,
        Retry retry,
        List<Integer> deadOn,
        @Nullable String disabledReason,
        String createdAt,
        String updatedAt,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String secret,
        List<Warning> warnings) {

    @RegisterForReflection
    record Retry(
            @Nullable Integer maxAttempts,
            @Nullable Integer baseSeconds,
            @Nullable String cap) {}

    /** Which fields it has depends on the type. */
    @RegisterForReflection
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Auth(
            String type,
            @Nullable String username,
            @Nullable String password,
            @Nullable String token,
            @Nullable String tokenUrl,
            @Nullable String clientId,
            @Nullable String clientSecret,
            @Nullable String scope) {
        static Auth of(Map<String, String> shown) {
            return new Auth(
                    shown.getOrDefault("type", ""),
                    shown.get("username"),
                    shown.get("password"),
                    shown.get("token"),
                    shown.get("tokenUrl"),
                    shown.get("clientId"),
                    shown.get("clientSecret"),
                    shown.get("scope"));
        }
    }

    @RegisterForReflection
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Tls(
            @Nullable String ca,
            @Nullable String certificate,
            @Nullable String key) {
        static Tls of(Map<String, String> shown) {
            return new Tls(shown.get("ca"), shown.get("certificate"), shown.get("key"));
        }
    }

    /** @param toManager whether URLs are shown whole, not their origins alone */
    static SubscriptionView of(Subscription subscription, boolean toManager) {
        return of(subscription, toManager, Optional.empty(), List.of());
    }

    static SubscriptionView shown(SubscriptionRegistry.Registered registered, boolean toManager) {
        return of(registered.subscription(), toManager, Optional.empty(), registered.warnings());
    }

    static SubscriptionView changed(SubscriptionRegistry.Registered registered) {
        return of(registered.subscription(), true, Optional.empty(), registered.warnings());
    }

    static SubscriptionView created(SubscriptionRegistry.Registered registered) {
        Subscription subscription = registered.subscription();
        return of(subscription, true, Optional.of(subscription.secret().text()), registered.warnings());
    }

    private static SubscriptionView of(
            Subscription subscription, boolean toManager, Optional<String> secret, List<Warning> warnings) {
        RetrySettings retry = subscription.retry();
        return new SubscriptionView(
                subscription.id().toString(),
                subscription.name(),
                EndpointUrl.shown(subscription.endpointUrl(), toManager),
                subscription.eventTypes().stream().map(TypePattern::value).toList(),
                subscription.isEnabled(),
                SubscriptionSettings.FORMAT,
                SubscriptionSettings.TARGET_TYPE,
                TargetHeaders.shown(subscription.headers()),
                subscription.ordered() ? "key" : "none",
                subscription.concurrency(),
                subscription.rateLimit().orElse(null),
                subscription.credentials().signing(),
                subscription.credentials().signer().map(Ed25519Key::publicKey).orElse(null),
                subscription
                        .credentials()
                        .auth()
                        .map(auth -> Auth.of(auth.shown(toManager)))
                        .orElse(null),
                subscription.credentials().shownTls().map(Tls::of).orElse(null),
                new Retry(
                        retry.maxAttempts().orElse(null),
                        retry.baseSeconds().orElse(null),
                        retry.cap().map(DurationText::format).orElse(null)),
                subscription.deadOn().stream().sorted().toList(),
                subscription.disabledReason().orElse(null),
                EventBody.timestamp(subscription.createdAt()),
                EventBody.timestamp(subscription.updatedAt()),
                secret.orElse(null),
                warnings);
    }
}
