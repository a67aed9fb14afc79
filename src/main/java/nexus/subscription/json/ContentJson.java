package nexus.subscription.json;

import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.Optional;
import nexus.api.json.JsonBody;
import nexus.shape.ContentFormat;
import nexus.subscription.Content;
import org.jspecify.annotations.Nullable;

/** See {@link Content}. */
final class ContentJson {
    private ContentJson() {}

    static Content read(JsonBody body, Content before) {
        return body.has("format")
                ? body.oneOf("format", ContentFormat.API_NAMES)
                        .flatMap(ContentFormat::ofApiName)
                        .map(Content::new)
                        .orElse(Content.DEFAULT)
                : before;
    }

    static void write(Content content, Map<String, @Nullable Object> json) {
        json.put("format", content.format().apiName());
    }

    static Content stored(JsonObject json) {
        return Optional.ofNullable(json.getString("format"))
                .flatMap(ContentFormat::ofApiName)
                .map(Content::new)
                .orElse(Content.DEFAULT);
    }
}
