package nexus.subscription.json;

import com.fasterxml.jackson.databind.util.RawValue;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import nexus.api.json.JsonBody;
import nexus.event.TypePattern;
import nexus.filter.Filter;
import nexus.refusal.Refusal;
import nexus.subscription.Selection;
import org.jspecify.annotations.Nullable;

/** See {@link Selection}. */
final class SelectionJson {
    private static final int MAX_EVENT_TYPES = 100;
    private static final int MAX_PATTERN = 1_024;
    private static final String FILTER = "filter";
    private static final String OWN_TABLES = "pg.nexus.";

    private SelectionJson() {}

    static Selection read(JsonBody body, Selection before) {
        return new Selection(
                body.texts("eventTypes", 1, MAX_EVENT_TYPES, MAX_PATTERN, SelectionJson::pattern)
                        .orElse(before.patterns()),
                body.has(FILTER)
                        ? body.parsedObject(FILTER, Filter::read).flatMap(Function.identity())
                        : before.filter());
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
        json.put(FILTER, selection.filter().map(Filter::text).orElse(null));
    }

    /** The filter is shown as the JSON that it was written in, every digit of its numbers included. */
    static void show(Selection selection, Map<String, @Nullable Object> json) {
        json.put(
                FILTER,
                selection.filter().map(filter -> new RawValue(filter.text())).orElse(null));
    }

    static Selection stored(JsonObject json) {
        List<?> patterns = json.getJsonArray("eventTypes").getList();
        return new Selection(
                patterns.stream()
                        .map(pattern -> new TypePattern(String.valueOf(pattern)))
                        .toList(),
                Filter.stored(json.getString(FILTER)));
    }
}
