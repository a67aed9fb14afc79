package nexus.job;

import com.fasterxml.jackson.annotation.JsonValue;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.LinkedHashMap;
import java.util.Map;
import nexus.event.EventBody;
import org.jspecify.annotations.Nullable;

/** A job as the API shows it, with the fields of its kind, or the count of a dry run. */
@RegisterForReflection
public record JobView(@JsonValue Map<String, @Nullable Object> fields) {

    /** @param settings of its kind, as they are shown */
    public static JobView of(Job job, Map<String, @Nullable Object> settings) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("id", job.id().toString());
        fields.put("subscriptionId", job.subscriptionId().toString());
        fields.put("state", job.state().word());
        fields.put("total", job.total().orElse(null));
        fields.put("done", job.done());
        fields.put("skipped", job.skipped());
        fields.put("error", job.error().orElse(null));
        fields.putAll(settings);
        fields.put("rateLimit", job.rateLimit().orElse(null));
        fields.put("createdAt", EventBody.timestamp(job.createdAt()));
        fields.put("updatedAt", EventBody.timestamp(job.updatedAt()));
        fields.put("finishedAt", job.finishedAt().map(EventBody::timestamp).orElse(null));
        return new JobView(fields);
    }
}
