package nexus.subscription.target;

import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nexus.subscription.secret.SigningSecret;
import nexus.target.TargetType;
import org.jspecify.annotations.Nullable;

/** See {@link ChatSettings}. The URL is written as that of a webhook is, but never shown again. */
final class ChatForm implements TargetForm<ChatSettings> {
    private static final String URL = "endpointUrl";
    private static final TargetFields FIELDS = new TargetFields(TargetField.required(
                    URL, new TargetField.Url(), "The URL of the incoming webhook. Whoever knows it can post.")
            .secret());

    private final TargetType type;
    private final String description;

    ChatForm(TargetType type, String description) {
        this.type = type;
        this.description = description;
    }

    @Override
    public TargetType type() {
        return type;
    }

    @Override
    public String description() {
        return description;
    }

    @Override
    public TargetFields fields() {
        return FIELDS;
    }

    @Override
    public Optional<ChatSettings> read(TargetForm.Reading reading, Optional<ChatSettings> before) {
        return FIELDS.read(
                        reading.body(), before.map(this::stored).orElseGet(JsonObject::new), List.of(), reading.kept())
                .map(this::ofStored);
    }

    @Override
    public Map<String, @Nullable Object> shown(ChatSettings settings, boolean toManager) {
        return new LinkedHashMap<>(FIELDS.shown(stored(settings), toManager));
    }

    @Override
    public JsonObject stored(ChatSettings settings) {
        return new JsonObject().put(URL, settings.url().toString());
    }

    @Override
    public ChatSettings ofUrl(URI url, SigningSecret generated) {
        return new ChatSettings(type, url);
    }

    @Override
    public ChatSettings ofStored(JsonObject json) {
        return new ChatSettings(type, URI.create(json.getString(URL)));
    }

    /** The only secret is the place itself. */
    @Override
    public Optional<String> moved(ChatSettings before, ChatSettings after) {
        return Optional.empty();
    }
}
