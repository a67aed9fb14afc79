package nexus.subscription.listener;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import nexus.event.EventBody;
import nexus.subscription.Subscription;
import nexus.subscription.catalog.SubscriptionRegistry;
import nexus.subscription.target.TargetJson;
import nexus.subscription.target.TargetSettings;
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

        @JsonInclude(JsonInclude.Include.NON_NULL) @JsonProperty("target_url") @Nullable
        Object targetUrl,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Map<String, Object> target,
        @JsonProperty("created_at") String createdAt,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String secret,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Warning> warnings) {

    /** @param toManager whether the whole URL is shown, not its origin alone */
    static ListenerView of(Subscription listener, boolean toManager) {
        return of(listener, toManager, Optional.empty(), List.of());
    }

    static ListenerView created(SubscriptionRegistry.Registered registered) {
        Subscription listener = registered.subscription();
        Optional<String> secret = listener.target() instanceof TargetSettings.Signed signed
                ? Optional.of(signed.secrets().current().text())
                : Optional.empty();
        return of(listener, true, secret, registered.warnings());
    }

    private static ListenerView of(
            Subscription listener, boolean toManager, Optional<String> secret, List<Warning> warnings) {
        // pg.<schema>.<table>.<operation>: ListenerRequest made it, and it can't be changed
        Map<String, @Nullable Object> shown = TargetJson.shown(listener.target(), toManager);
        String[] segments = listener.selection().patterns().getFirst().value().split("\\.", -1);
        return new ListenerView(
                listener.id().toString(),
                listener.name(),
                new TableName(decoded(segments[1]), decoded(segments[2])).toString(),
                segments[3].toUpperCase(Locale.ROOT),
                listener.target().type().name(),
                (String) shown.get("endpointUrl"),
                target(shown),
                EventBody.timestamp(listener.createdAt()),
                secret.orElse(null),
                warnings);
    }

    @SuppressWarnings("unchecked") // the fields of a target are a JSON object
    private static @Nullable Map<String, Object> target(Map<String, @Nullable Object> shown) {
        return (Map<String, Object>) shown.get("target");
    }

    private static String decoded(String segment) {
        return URLDecoder.decode(segment, StandardCharsets.UTF_8); // a segment has no plus sign
    }
}
