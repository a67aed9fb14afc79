package nexus.subscription.json;

import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import nexus.api.json.Durations;
import nexus.api.json.JsonBody;
import nexus.notation.DurationText;
import nexus.subscription.Batch;
import org.jspecify.annotations.Nullable;

/** See {@link Batch}. */
final class BatchJson {
    private static final String FIELD = "batch";
    private static final String MAX_SIZE = "maxSize";
    private static final String MAX_WAIT = "maxWait";
    private static final int MAX_TEXT = 20;

    private BatchJson() {}

    static Optional<Batch> read(JsonBody body, Optional<Batch> before) {
        return body.has(FIELD) ? body.object(FIELD).map(BatchJson::batch) : before;
    }

    private static Batch batch(JsonBody json) {
        return new Batch(
                json.integer(MAX_SIZE, Batch.LEAST_SIZE, Batch.MOST_SIZE).orElse(Batch.DEFAULT.maxSize()),
                json.parsed(
                                MAX_WAIT,
                                MAX_TEXT,
                                (text, at) -> Durations.parse(text, at, Duration.ZERO, Batch.LONGEST_WAIT))
                        .orElse(Batch.DEFAULT.maxWait()));
    }

    static void write(Optional<Batch> batch, Map<String, @Nullable Object> json) {
        json.put(FIELD, batch.map(BatchJson::shown).orElse(null));
    }

    private static Map<String, Object> shown(Batch batch) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put(MAX_SIZE, batch.maxSize());
        json.put(MAX_WAIT, DurationText.format(batch.maxWait()));
        return json;
    }

    static Optional<Batch> stored(JsonObject json) {
        return Optional.ofNullable(json.getJsonObject(FIELD))
                .map(batch -> new Batch(
                        batch.getInteger(MAX_SIZE),
                        DurationText.parse(batch.getString(MAX_WAIT)).orElse(Batch.DEFAULT.maxWait())));
    }
}
