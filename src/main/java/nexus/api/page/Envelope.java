package nexus.api.page;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What every good answer of {@code /api/v1} is wrapped in.
 *
 * @param count how many are in {@code data}, when that is a list
 * @param next the cursor of the page behind it, when there is one
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
