package nexus.api.page;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The envelope of every successful answer of {@code /api/v1}.
 *
 * @param count number of items in {@code data}, if it is a list
 * @param next the cursor of the next page, if there is one
 */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Envelope<T>(
        boolean success,
        @Nullable String message,
        @Nullable Integer count,
        T data,
        @Nullable String next) {

    public static <T> Envelope<T> of(String message, T data) {
        return new Envelope<>(true, message, null, data, null);
    }

    public static <T> Envelope<List<T>> of(Page<T> page) {
        return new Envelope<>(true, null, page.data().size(), page.data(), page.next());
    }
}
