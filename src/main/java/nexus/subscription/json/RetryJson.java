package nexus.subscription.json;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import nexus.api.json.Durations;
import nexus.api.json.JsonBody;
import nexus.notation.DurationText;
import nexus.subscription.Retry;
import org.jspecify.annotations.Nullable;

/** See {@link Retry}. */
final class RetryJson {
    private static final Duration MIN_CAP = Duration.ofSeconds(1);
    private static final Duration MAX_CAP = Duration.ofDays(30);
    /** A lower status code means that the delivery has arrived, or is no answer at all: neither can be final failure. */
    private static final int MIN_DEAD_ON = 300;

    private RetryJson() {}

    static Retry read(JsonBody body, Retry before) {
        return new Retry(
                body.has("retry")
                        ? body.object("retry").map(RetryJson::policy).orElse(Retry.Policy.DEFAULT)
                        : before.policy(),
                body.has("deadOn")
                        ? Set.copyOf(
                                body.integers("deadOn", 300, MIN_DEAD_ON, 599).orElse(List.of()))
                        : before.deadOn());
    }

    private static Retry.Policy policy(JsonBody retry) {
        return new Retry.Policy(
                retry.integer("maxAttempts", 1, 100),
                retry.integer("baseSeconds", 1, 86_400),
                retry.parsed("cap", 20, (text, at) -> Durations.parse(text, at, MIN_CAP, MAX_CAP)));
    }

    static void write(Retry retry, Map<String, @Nullable Object> json) {
        Map<String, @Nullable Object> policy = new LinkedHashMap<>();
        policy.put("maxAttempts", retry.policy().maxAttempts().orElse(null));
        policy.put("baseSeconds", retry.policy().baseSeconds().orElse(null));
        policy.put("cap", retry.policy().cap().map(DurationText::format).orElse(null));
        json.put("retry", policy);
        json.put("deadOn", retry.deadOn().stream().sorted().toList());
    }

    static Retry stored(JsonObject json) {
        JsonObject policy = json.getJsonObject("retry", new JsonObject());
        return new Retry(
                new Retry.Policy(
                        Optional.ofNullable(policy.getInteger("maxAttempts")),
                        Optional.ofNullable(policy.getInteger("baseSeconds")),
                        Optional.ofNullable(policy.getString("cap")).flatMap(DurationText::parse)),
                json.getJsonArray("deadOn", new JsonArray()).stream()
                        .map(status -> ((Number) status).intValue())
                        .collect(Collectors.toUnmodifiableSet()));
    }
}
