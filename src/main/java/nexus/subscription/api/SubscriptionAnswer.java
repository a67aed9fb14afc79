package nexus.subscription.api;

import com.fasterxml.jackson.annotation.JsonValue;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import nexus.event.EventBody;
import nexus.subscription.Missed;
import nexus.subscription.Subscription;
import nexus.subscription.catalog.SubscriptionRegistry.Registered;
import nexus.subscription.json.SettingsJson;
import nexus.subscription.secret.SigningSecret;
import nexus.subscription.target.TargetJson;
import nexus.subscription.target.TargetSettings;
import org.jspecify.annotations.Nullable;

/** A subscription as {@code /v1/subscriptions} shows it. */
@RegisterForReflection
public record SubscriptionAnswer(Map<String, @Nullable Object> fields) {
    /** The only field of the JSON object would be another object. */
    @JsonValue
    @Override
    public Map<String, @Nullable Object> fields() {
        return fields;
    }

    /** @param toManager whether URLs are shown whole, not their origins alone */
    static SubscriptionAnswer of(Subscription subscription, boolean toManager) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("id", subscription.id().toString());
        json.put("name", subscription.name());
        json.putAll(TargetJson.shown(subscription.target(), toManager));
        json.putAll(SettingsJson.show(subscription.settings()));
        json.put("state", subscription.mode().word());
        json.put("isEnabled", subscription.isEnabled());
        json.put("disabledReason", subscription.state().disabledReason().orElse(null));
        json.put("createdAt", EventBody.timestamp(subscription.createdAt()));
        json.put("updatedAt", EventBody.timestamp(subscription.updatedAt()));
        return new SubscriptionAnswer(json);
    }

    /** @param toManager as for {@link #of} */
    public static SubscriptionAnswer shown(Registered registered, boolean toManager) {
        SubscriptionAnswer answer = of(registered.subscription(), toManager);
        answer.fields.put("missed", missed(registered.missed()));
        answer.fields.put("warnings", registered.warnings());
        return answer;
    }

    /** @param replay the one that was started with it */
    public static SubscriptionAnswer enabled(Registered registered, Optional<UUID> replay) {
        SubscriptionAnswer answer = shown(registered, true);
        replay.ifPresent(id -> answer.fields.put("replayId", id.toString()));
        return answer;
    }

    /** @param generated is shown, once, when it is the secret now: the target became signed */
    static SubscriptionAnswer changed(Registered registered, SigningSecret generated) {
        SubscriptionAnswer answer = shown(registered, true);
        signingSecret(registered)
                .filter(generated::equals)
                .ifPresent(secret -> answer.fields.put("secret", secret.text()));
        return answer;
    }

    /** The answer with the secret, where the target is signed. */
    static SubscriptionAnswer created(Registered registered) {
        SubscriptionAnswer answer = shown(registered, true);
        signingSecret(registered).ifPresent(secret -> answer.fields.put("secret", secret.text()));
        return answer;
    }

    private static Map<String, @Nullable Object> missed(Missed missed) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("count", missed.count());
        json.put("firstAt", missed.firstAt().map(EventBody::timestamp).orElse(null));
        json.put("lastAt", missed.lastAt().map(EventBody::timestamp).orElse(null));
        return json;
    }

    private static Optional<SigningSecret> signingSecret(Registered registered) {
        return registered.subscription().target() instanceof TargetSettings.Signed signed
                ? Optional.of(signed.secrets().current())
                : Optional.empty();
    }

    /** The fields may hold the secret. */
    @Override
    public String toString() {
        return "SubscriptionAnswer[id=" + fields.get("id") + "]";
    }
}
