package nexus.subscription.listener;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import nexus.event.EventBody;
import nexus.subscription.Subscription;
import nexus.subscription.catalog.SubscriptionRegistry;
import nexus.subscription.target.EndpointUrl;
import nexus.subscription.target.WebhookSettings;
import nexus.subscription.warning.Warning;
import org.jspecify.annotations.Nullable;

/** A listener as {@code /api/v1/listeners} shows it. */
@RegisterForReflection
record ListenerView(
        String id,
        String name,
        @JsonProperty("source_table") String sourceTable,
        String event,
        @JsonProperty("target_type") String targetType,
        @JsonProperty("target_url") String targetUrl,
        @JsonProperty("created_at") String createdAt,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String secret,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Warning> warnings) {

    /** @param toManager whether the whole URL is shown, not its origin alone */
    static ListenerView of(Subscription listener, boolean toManager) {
        return of(listener, toManager, Optional.empty(), List.of());
    }

    static ListenerView created(SubscriptionRegistry.Registered registered) {
        Subscription listener = registered.subscription();
        return of(
                listener,
                true,
                Optional.of(webhook(listener).secrets().current().text()),
                registered.warnings());
    }

    private static ListenerView of(
            Subscription listener, boolean toManager, Optional<String> secret, List<Warning> warnings) {
        // pg.<schema>.<table>.<operation>: ListenerRequest made it, and it can't be changed
        String[] segments = listener.selection().patterns().getFirst().value().split("\\.", -1);
        return new ListenerView(
                listener.id().toString(),
                listener.name(),
                new TableName(decoded(segments[1]), decoded(segments[2])).toString(),
                segments[3].toUpperCase(Locale.ROOT),
                listener.target().type().name(),
                EndpointUrl.shown(webhook(listener).url(), toManager),
                EventBody.timestamp(listener.createdAt()),
                secret.orElse(null),
                warnings);
    }

    private static WebhookSettings webhook(Subscription listener) {
        return switch (listener.target()) {
            case WebhookSettings webhook -> webhook;
        };
    }

    private static String decoded(String segment) {
        return URLDecoder.decode(segment, StandardCharsets.UTF_8); // a segment has no plus sign
    }
}
