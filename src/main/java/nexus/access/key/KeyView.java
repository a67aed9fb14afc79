package nexus.access.key;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import nexus.event.EventBody;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A stored key as {@code /v1/keys} shows it. */
@RegisterForReflection
@Schema(name = "Key")
record KeyView(
        @Schema(readOnly = true, format = "uuid") String id,

        @Schema(minLength = 1, maxLength = KeyRequest.MAX_NAME)
        String name,

        @Schema(ref = "Scopes") List<String> scopes,

        @Schema(format = "date-time", nullable = true, description = "From then on it does not open; null: never.")
        @Nullable
        String expiresAt,

        @Schema(readOnly = true, format = "date-time") String createdAt,

        @Schema(
                readOnly = true,
                format = "date-time",
                nullable = true,
                description = "Seconds late when another process was asked; null: never.")
        @Nullable
        String lastUsedAt,

        @JsonInclude(JsonInclude.Include.NON_NULL)
        @Schema(readOnly = true, description = "The key itself; only in the answer to the POST.")
        @Nullable
        String key) {

    static KeyView of(StoredKey key, Optional<Instant> seenAt) {
        return of(key, seenAt, Optional.empty());
    }

    static KeyView created(StoredKey key, String text) {
        return of(key, Optional.empty(), Optional.of(text));
    }

    private static KeyView of(StoredKey key, Optional<Instant> seenAt, Optional<String> text) {
        Optional<Instant> lastUsed = seenAt.isPresent()
                        && key.lastUsedAt().filter(seenAt.get()::isBefore).isEmpty()
                ? seenAt
                : key.lastUsedAt();
        return new KeyView(
                key.id().toString(),
                key.name(),
                key.rights().stream().map(Right::word).sorted().toList(),
                key.expiresAt().map(EventBody::timestamp).orElse(null),
                EventBody.timestamp(key.createdAt()),
                lastUsed.map(EventBody::timestamp).orElse(null),
                text.orElse(null));
    }

    /** The key must not reach a log. */
    @Override
    public String toString() {
        return "KeyView[id=" + id + "]";
    }
}
