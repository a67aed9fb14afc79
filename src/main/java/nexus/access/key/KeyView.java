package nexus.access.key;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import nexus.event.EventBody;
import org.jspecify.annotations.Nullable;

/** A stored key as {@code /v1/keys} shows it. */
@RegisterForReflection
record KeyView(
        String id,
        String name,
        List<String> scopes,
        @Nullable String expiresAt,
        String createdAt,
        @Nullable String lastUsedAt,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String key) {

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
