package nexus.preview;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import nexus.target.Described;
import org.jspecify.annotations.Nullable;

/** The answers of {@code POST /v1/subscriptions/preview}. */
sealed interface PreviewAnswer {
    /**
     * For several events.
     *
     * @param matched number of events that the subscription selects
     * @param of number of events
     * @param examples some that it selects, newest first
     * @param reasons why the others are not selected, the most frequent reasons first
     */
    @RegisterForReflection
    record OfMany(int matched, int of, List<Example> examples, List<ReasonCount> reasons) implements PreviewAnswer {}

    /**
     * For one event.
     *
     * @param request null when there is none to make
     */
    @RegisterForReflection
    record OfOne(boolean matched, String reason, @Nullable RequestView request) implements PreviewAnswer {}

    @RegisterForReflection
    record Example(
            String eventId,
            String type,
            boolean matched,
            String reason,
            @Nullable RequestView request) {}

    @RegisterForReflection
    record ReasonCount(String reason, int count) {}

    /**
     * A request.
     *
     * @param body as text, character for character
     */
    @RegisterForReflection
    record RequestView(String method, String url, Map<String, String> headers, String body) {
        static RequestView of(Described described) {
            return new RequestView(
                    described.method(),
                    described.url(),
                    described.headers(),
                    described.body().toString(StandardCharsets.UTF_8));
        }
    }
}
