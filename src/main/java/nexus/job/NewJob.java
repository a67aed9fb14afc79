package nexus.job;

import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.UUID;

/** A job that is about to be created; see {@link Job}. */
public record NewJob(
        UUID id,
        String kind,
        UUID subscriptionId,
        int lane,
        JsonObject settings,
        JsonObject cursor,
        Optional<Integer> rateLimit,
        Optional<Long> total) {}
