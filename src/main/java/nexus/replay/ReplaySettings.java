package nexus.replay;

import com.fasterxml.jackson.databind.util.RawValue;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nexus.event.EventBody;
import nexus.event.EventType;
import nexus.event.TypePattern;
import nexus.filter.Filter;
import org.jspecify.annotations.Nullable;

/**
 * What a replay was asked to send.
 *
 * @param until events before this time; empty: those that were stored before the replay was created
 * @param types only events that one of these matches; empty: all
 * @param filter beside the subscription's own
 * @param byStoring whether the times are those at which Nexus stored the events, not those at which they were created
 */
record ReplaySettings(
        Instant since,
        Optional<Instant> until,
        List<TypePattern> types,
        Optional<Filter> filter,
        Wanted wanted,
        boolean byStoring) {
    private static final String SINCE = "since";
    private static final String UNTIL = "until";
    private static final String TYPES = "types";
    private static final String FILTER = "filter";
    private static final String STATUS = "status";
    private static final String BY_STORING = "byStoring";

    boolean includes(EventType type) {
        return types.isEmpty() || types.stream().anyMatch(pattern -> pattern.matches(type));
    }

    JsonObject stored() {
        return new JsonObject()
                .put(SINCE, since.toString())
                .put(UNTIL, until.map(Instant::toString).orElse(null))
                .put(TYPES, new JsonArray(types.stream().map(TypePattern::value).toList()))
                .put(FILTER, filter.map(Filter::text).orElse(null))
                .put(STATUS, wanted.word())
                .put(BY_STORING, byStoring);
    }

    static ReplaySettings of(JsonObject json) {
        return new ReplaySettings(
                Instant.parse(json.getString(SINCE)),
                Optional.ofNullable(json.getString(UNTIL)).map(Instant::parse),
                json.getJsonArray(TYPES).stream()
                        .map(type -> new TypePattern(String.valueOf(type)))
                        .toList(),
                Filter.stored(json.getString(FILTER)),
                Wanted.of(json.getString(STATUS)),
                json.getBoolean(BY_STORING));
    }

    /** As the API shows them: the filter as it was written, digit for digit. */
    Map<String, @Nullable Object> shown() {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put(SINCE, EventBody.timestamp(since));
        fields.put(UNTIL, until.map(EventBody::timestamp).orElse(null));
        fields.put(
                TYPES,
                types.isEmpty() ? null : types.stream().map(TypePattern::value).toList());
        fields.put(FILTER, filter.map(written -> new RawValue(written.text())).orElse(null));
        fields.put(STATUS, wanted.word());
        return fields;
    }
}
