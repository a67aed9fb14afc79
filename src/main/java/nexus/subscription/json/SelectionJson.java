package nexus.subscription.json;

import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import nexus.api.json.JsonBody;
import nexus.event.TypePattern;
import nexus.refusal.Refusal;
import nexus.subscription.Selection;
import org.jspecify.annotations.Nullable;

/** See {@link Selection}. */
final class SelectionJson {
    private static final int MAX_EVENT_TYPES = 100;
    private static final int MAX_PATTERN = 1_024;
    private static final String OWN_TABLES = "pg.nexus.";

    private SelectionJson() {}

    static Selection read(JsonBody body, Selection before) {
        return body.texts("eventTypes", 1, MAX_EVENT_TYPES, MAX_PATTERN, SelectionJson::pattern)
                .map(Selection::new)
                .orElse(before);
    }

    private static TypePattern pattern(String text, String pointer) {
        if (text.startsWith(OWN_TABLES)) {
            throw new Refusal.Invalid(pointer, "must not be about schema nexus: Nexus's own tables are never captured");
        }
        return TypePattern.of(text, pointer);
    }

    static void write(Selection selection, Map<String, @Nullable Object> json) {
        json.put(
                "eventTypes",
                selection.patterns().stream().map(TypePattern::value).toList());
    }

    static Selection stored(JsonObject json) {
        List<?> patterns = json.getJsonArray("eventTypes").getList();
        return new Selection(patterns.stream()
                .map(pattern -> new TypePattern(String.valueOf(pattern)))
                .toList());
    }
}
