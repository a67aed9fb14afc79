package nexus.subscription.json;

import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import nexus.api.json.JsonBody;
import nexus.subscription.Content;
import org.jspecify.annotations.Nullable;

/** See {@link Content}. */
final class ContentJson {
    private ContentJson() {}

    static Content read(JsonBody body, Content before) {
        return body.has("format")
                ? body.oneOf("format", List.of(Content.DEFAULT_FORMAT))
                        .map(Content::new)
                        .orElse(Content.DEFAULT)
                : before;
    }

    static void write(Content content, Map<String, @Nullable Object> json) {
        json.put("format", content.format());
    }

    static Content stored(JsonObject json) {
        return new Content(json.getString("format", Content.DEFAULT_FORMAT));
    }
}
