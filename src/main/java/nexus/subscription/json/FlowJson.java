package nexus.subscription.json;

import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nexus.api.json.JsonBody;
import nexus.subscription.Flow;
import org.jspecify.annotations.Nullable;

/** See {@link Flow}. */
final class FlowJson {
    private static final String ORDERED = "key";
    private static final int MAX_CONCURRENCY = 1_000;
    private static final int MAX_RATE_LIMIT = 100_000;

    private FlowJson() {}

    static Flow read(JsonBody body, Flow before) {
        return new Flow(
                body.has("ordering")
                        ? body.oneOf("ordering", List.of(ORDERED, "none"))
                                .map(ORDERED::equals)
                                .orElse(Flow.DEFAULT.ordered())
                        : before.ordered(),
                body.has("concurrency")
                        ? body.integer("concurrency", 1, MAX_CONCURRENCY).orElse(Flow.DEFAULT.concurrency())
                        : before.concurrency(),
                body.has("rateLimit") ? body.integer("rateLimit", 1, MAX_RATE_LIMIT) : before.rateLimit());
    }

    static void write(Flow flow, Map<String, @Nullable Object> json) {
        json.put("ordering", flow.ordered() ? ORDERED : "none");
        json.put("concurrency", flow.concurrency());
        json.put("rateLimit", flow.rateLimit().orElse(null));
    }

    static Flow stored(JsonObject json) {
        return new Flow(
                json.getString("ordering", ORDERED).equals(ORDERED),
                json.getInteger("concurrency", Flow.DEFAULT.concurrency()),
                Optional.ofNullable(json.getInteger("rateLimit")));
    }
}
