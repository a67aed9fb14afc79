package nexus.subscription.json;

import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import nexus.api.json.JsonBody;
import nexus.shape.ContentFormat;
import nexus.subscription.Content;
import nexus.subscription.SubscriptionSettings;
import nexus.subscription.target.TargetSettings;
import nexus.target.TargetType;
import org.jspecify.annotations.Nullable;

/** All settings of a subscription. */
public final class SettingsJson {
    public static final int MAX_NAME = 200;

    private SettingsJson() {}

    /**
     * Fields that are absent stay as they are; null brings a default back. Errors are noted in the body.
     *
     * @param target was read from the same body
     */
    public static SubscriptionSettings read(JsonBody body, SubscriptionSettings before, TargetSettings target) {
        Content content = ContentJson.read(body, before.content());
        if (content.batch().isPresent() && target.type() != TargetType.WEBHOOK) {
            body.error("batch", "is for targets of the type WEBHOOK: others get each event as a message of its own");
        }
        if (content.form().request().isPresent() && target.type() != TargetType.WEBHOOK) {
            body.error("request", "is for targets of the type WEBHOOK: others are not sent to by method and path");
        }
        if (content.form().format() != ContentFormat.DEFAULT && target.type().isReadByPeople()) {
            body.error("format", "is for programs: targets of the type " + target.type() + " get a message to read");
        }
        if (content.form().request().isPresent() && content.batch().isPresent()) {
            body.error("request", "excludes batch: the events of one batch would have different requests");
        }
        return new SubscriptionSettings(
                name(body, before.name(), target),
                SelectionJson.read(body, before.selection()),
                content,
                target,
                FlowJson.read(body, before.flow()),
                RetryJson.read(body, before.retry()));
    }

    /** Null, or absent when there is none yet: the endpoint's host. */
    private static String name(JsonBody body, String before, TargetSettings target) {
        Optional<String> given = body.text("name", MAX_NAME);
        if (given.isPresent() || (!before.isEmpty() && !body.isNull("name"))) {
            return given.orElse(before);
        }
        String name = target.defaultName();
        return name.length() > MAX_NAME ? name.substring(0, MAX_NAME) : name;
    }

    /** Everything but the target, as it is shown. */
    public static Map<String, @Nullable Object> show(SubscriptionSettings settings) {
        Map<String, @Nullable Object> json = write(settings);
        SelectionJson.show(settings.selection(), json);
        ContentJson.show(settings.content(), json);
        return json;
    }

    /** Everything but the target, which may hold secrets; as it is stored. */
    public static Map<String, @Nullable Object> write(SubscriptionSettings settings) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("name", settings.name());
        SelectionJson.write(settings.selection(), json);
        ContentJson.write(settings.content(), json);
        FlowJson.write(settings.flow(), json);
        RetryJson.write(settings.retry(), json);
        return json;
    }

    /** Reads what {@link #write} wrote, in this version or an earlier one. */
    public static SubscriptionSettings stored(JsonObject json, TargetSettings target) {
        return new SubscriptionSettings(
                json.getString("name"),
                SelectionJson.stored(json),
                ContentJson.stored(json),
                target,
                FlowJson.stored(json),
                RetryJson.stored(json));
    }
}
