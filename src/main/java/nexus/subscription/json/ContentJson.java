package nexus.subscription.json;

import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.Optional;
import nexus.api.json.JsonBody;
import nexus.shape.ContentFormat;
import nexus.shape.Form;
import nexus.subscription.Content;
import org.jspecify.annotations.Nullable;

/** See {@link Content}. */
final class ContentJson {
    private ContentJson() {}

    static Content read(JsonBody body, Content before) {
        Form form = before.form().with(ColumnsJson.read(body, before.form().columns()));
        return before.with(TemplateJson.read(body, body.has("format") ? form.with(format(body)) : form))
                .withBatch(BatchJson.read(body, before.batch()));
    }

    private static ContentFormat format(JsonBody body) {
        return body.oneOf("format", ContentFormat.API_NAMES)
                .flatMap(ContentFormat::ofApiName)
                .orElse(ContentFormat.DEFAULT);
    }

    static void write(Content content, Map<String, @Nullable Object> json) {
        ColumnsJson.write(content.form().columns(), json);
        json.put("format", content.format().apiName());
        TemplateJson.write(content.form(), json);
        BatchJson.write(content.batch(), json);
    }

    /** See {@link SettingsJson#show}. */
    static void show(Content content, Map<String, @Nullable Object> json) {
        TemplateJson.show(content.form(), json);
    }

    static Content stored(JsonObject json) {
        ContentFormat format = Optional.ofNullable(json.getString("format"))
                .flatMap(ContentFormat::ofApiName)
                .orElse(ContentFormat.DEFAULT);
        return Content.DEFAULT
                .with(TemplateJson.stored(
                        json, Form.DEFAULT.with(ColumnsJson.stored(json)).with(format)))
                .withBatch(BatchJson.stored(json));
    }
}
