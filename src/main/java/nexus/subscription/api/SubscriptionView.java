package nexus.subscription.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nexus.api.json.Durations;
import nexus.event.EventBody;
import nexus.event.TypePattern;
import nexus.subscription.RetrySettings;
import nexus.subscription.Subscription;
import nexus.subscription.SubscriptionSettings;
import nexus.subscription.catalog.SubscriptionRegistry;
import nexus.subscription.secret.SigningSecret;
import nexus.subscription.target.EndpointUrl;
import nexus.subscription.target.TargetHeaders;
import nexus.subscription.warning.Warning;
import nexus.target.credential.Ed25519Key;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A subscription as {@code /v1/subscriptions} shows it. */
@RegisterForReflection
@Schema(name = "Subscription", description = "Which events go where.")
record SubscriptionView(
        @Schema(readOnly = true, format = "uuid") String id,

        @Schema(
                minLength = 1,
                maxLength = SubscriptionRequest.MAX_NAME,
                description = "Default: the host of endpointUrl.")
        String name,

        @Schema(
                format = "uri",
                maxLength = EndpointUrl.MAX_CHARACTERS,
                description =
                        "http or https, without user name and fragment. A key without manage sees the origin only:"
                                + " the path or query may hold a token.")
        String endpointUrl,

        @Schema(ref = "EventTypes") List<String> eventTypes,

        @Schema(defaultValue = "true", description = "Disabled: what is owed is parked, new events are not owed.")
        boolean isEnabled,

        @Schema(enumeration = SubscriptionSettings.FORMAT, defaultValue = SubscriptionSettings.FORMAT)
        String format,

        @Schema(enumeration = SubscriptionSettings.TARGET_TYPE, defaultValue = SubscriptionSettings.TARGET_TYPE)
        String targetType,

        @Schema(ref = "Headers") Map<String, String> headers,

        @Schema(
                enumeration = {"key", "none"},
                defaultValue = "key",
                description = "key: deliveries of one row, or of one orderingKey, arrive in order and one at a time.")
        String ordering,

        @Schema(
                minimum = "1",
                maximum = "1000",
                defaultValue = "32",
                description = "Requests under way at once, over all processes.")
        int concurrency,

        @Schema(
                minimum = "1",
                maximum = "100000",
                nullable = true,
                description = "Requests a second at most, over all processes; null is no limit. Waiting for it is no"
                        + " attempt.")
        @Nullable
        Integer rateLimit,

        @Schema(
                enumeration = {"hmac", "ed25519"},
                defaultValue = "hmac",
                description = "ed25519: webhook-signature also has a v1a signature, for which receivers need only"
                        + " publicKey. Set to hmac and back for a new key.")
        String signing,

        @Schema(readOnly = true, nullable = true, description = "whpk_ and base64; null unless signing is ed25519.")
        @Nullable
        String publicKey,

        @Schema(ref = "TargetAuth") @Nullable Auth auth,

        @Schema(ref = "TargetTls") @Nullable Tls tls,

        Retry retry,

        @Schema(ref = "DeadOn") List<Integer> deadOn,

        @Schema(readOnly = true, nullable = true, description = "Why Nexus itself disabled it; null when it did not.")
        @Nullable
        String disabledReason,

        @Schema(readOnly = true, format = "date-time") String createdAt,

        @Schema(readOnly = true, format = "date-time") String updatedAt,

        @JsonInclude(JsonInclude.Include.NON_NULL)
        @Schema(
                minLength = 8,
                maxLength = SigningSecret.MAX_CHARACTERS,
                description = "What deliveries are signed with; only in the answer to the POST. Generated when absent;"
                        + " whsec_ and base64 of 24 to 64 bytes, or any text of 8 to 256 characters, with a warning that"
                        + " says what Standard Webhooks libraries need instead.")
        @Nullable
        String secret,

        @JsonInclude(JsonInclude.Include.NON_NULL)
        @Schema(
                readOnly = true,
                description =
                        "In the answer to a POST or PATCH what will surprise, else which changes are wanted and not"
                                + " sent.")
        @Nullable
        List<Warning> warnings) {

    @RegisterForReflection
    @Schema(name = "Retry", description = "Null is as the process is configured.")
    record Retry(
            @Schema(minimum = "1", maximum = "100", nullable = true) @Nullable
            Integer maxAttempts,

            @Schema(
                    nullable = true,
                    minimum = "1",
                    maximum = "86400",
                    description = "First wait; it doubles each time.")
            @Nullable
            Integer baseSeconds,

            @Schema(ref = "RetryCap") @Nullable String cap) {}

    /** The schema of it and of {@link Tls} stands in META-INF/openapi.yaml: which fields there are depends on others. */
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
        return of(subscription, toManager, Optional.empty(), Optional.empty());
    }

    static SubscriptionView shown(SubscriptionRegistry.Registered registered, boolean toManager) {
        return of(registered.subscription(), toManager, Optional.empty(), Optional.of(registered.warnings()));
    }

    static SubscriptionView changed(SubscriptionRegistry.Registered registered) {
        return of(registered.subscription(), true, Optional.empty(), Optional.of(registered.warnings()));
    }

    static SubscriptionView created(SubscriptionRegistry.Registered registered) {
        Subscription subscription = registered.subscription();
        return of(subscription, true, Optional.of(subscription.secret().text()), Optional.of(registered.warnings()));
    }

    private static SubscriptionView of(
            Subscription subscription, boolean toManager, Optional<String> secret, Optional<List<Warning>> warnings) {
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
                        retry.cap().map(Durations::format).orElse(null)),
                subscription.deadOn().stream().sorted().toList(),
                subscription.disabledReason().orElse(null),
                EventBody.timestamp(subscription.createdAt()),
                EventBody.timestamp(subscription.updatedAt()),
                secret.orElse(null),
                warnings.orElse(null));
    }
}
