package nexus.subscription.json;

import com.fasterxml.jackson.databind.util.RawValue;
import io.vertx.core.json.JsonObject;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import nexus.api.json.JsonBody;
import nexus.shape.ContentFormat;
import nexus.shape.Form;
import nexus.subscription.target.TargetHeaders;
import nexus.template.RequestTemplate;
import nexus.template.Template;
import org.jspecify.annotations.Nullable;

/** The templates of a {@link Form}. */
final class TemplateJson {
    private static final String TRANSFORM = "transform";
    private static final String REQUEST = "request";
    private static final String METHOD = "method";
    private static final String PATH = "path";
    private static final String HEADERS = "headers";

    private static final int MAX_TEXT = 16 * 1024;

    private TemplateJson() {}

    static Form read(JsonBody body, Form before) {
        Form form = before;
        if (body.has(TRANSFORM)) {
            form = form.withTransform(body.parsedJson(TRANSFORM, Template::read));
        }
        if (body.has(REQUEST)) {
            form = form.withRequest(body.object(REQUEST).flatMap(request -> request(request, body)));
        }
        if (form.transform().isPresent() && form.format() != ContentFormat.DEFAULT) {
            body.error(
                    body.has(TRANSFORM) ? TRANSFORM : "format",
                    "excludes the other: with a transform, the format must be default");
        }
        return form;
    }

    private static Optional<RequestTemplate> request(JsonBody request, JsonBody body) {
        RequestTemplate template = new RequestTemplate(
                request.text(METHOD, MAX_TEXT),
                request.textOrNone(PATH, MAX_TEXT).filter(path -> !path.isEmpty()),
                headers(request));
        return body.collect(REQUEST, template::checked);
    }

    private static Map<String, String> headers(JsonBody request) {
        Map<String, String> headers = new LinkedHashMap<>();
        Set<String> seen = new HashSet<>();
        request.textsByName(HEADERS, TargetHeaders.MAX_HEADERS, MAX_TEXT)
                .orElse(Map.of())
                .forEach((name, text) -> {
                    Optional<String> mistake = TargetHeaders.mistakeIn(name);
                    if (mistake.isPresent()) {
                        request.error(HEADERS, name, mistake.get());
                    } else if (!seen.add(name.toLowerCase(Locale.ROOT))) {
                        request.error(HEADERS, name, "is there twice, in another case");
                    } else {
                        headers.put(name, text);
                    }
                });
        return headers;
    }

    /** A transform is stored as text, so that every digit of its numbers stays. */
    static void write(Form form, Map<String, @Nullable Object> json) {
        json.put(TRANSFORM, form.transform().map(Template::json).orElse(null));
        json.put(REQUEST, form.request().map(TemplateJson::written).orElse(null));
    }

    private static Map<String, @Nullable Object> written(RequestTemplate request) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put(METHOD, request.method().orElse(null));
        json.put(PATH, request.path().orElse(null));
        json.put(HEADERS, request.headers());
        return json;
    }

    /** See {@link SettingsJson#show}. */
    static void show(Form form, Map<String, @Nullable Object> json) {
        json.put(
                TRANSFORM,
                form.transform().map(template -> new RawValue(template.json())).orElse(null));
    }

    static Form stored(JsonObject json, Form form) {
        return form.withTransform(Optional.ofNullable(json.getString(TRANSFORM)).map(Template::new))
                .withRequest(Optional.ofNullable(json.getJsonObject(REQUEST)).map(TemplateJson::storedRequest));
    }

    private static RequestTemplate storedRequest(JsonObject json) {
        Map<String, String> headers = new LinkedHashMap<>();
        json.getJsonObject(HEADERS, new JsonObject())
                .forEach(header -> headers.put(header.getKey(), String.valueOf(header.getValue())));
        return new RequestTemplate(
                Optional.ofNullable(json.getString(METHOD)), Optional.ofNullable(json.getString(PATH)), headers);
    }
}
