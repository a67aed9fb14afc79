package nexus.job;

import io.vertx.core.json.JsonObject;
import java.util.Optional;

/**
 * The effect of one step on its job.
 *
 * @param cursor replaces the job's
 * @param done events that the step has added
 * @param skipped events that the step could not send
 * @param total replaces the job's; empty leaves it
 */
public record Progress(JsonObject cursor, long done, long skipped, Optional<Long> total) {
    public Progress(JsonObject cursor, long done, long skipped) {
        this(cursor, done, skipped, Optional.empty());
    }
}
