package nexus.access.key;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * A key that was made through the API, as the store knows it: without the key.
 *
 * @param number raised with each key
 * @param lastUsedAt to about ten seconds
 */
record StoredKey(
        UUID id,
        long number,
        String name,
        Set<Right> rights,
        Digest digest,
        Instant createdAt,
        Optional<Instant> expiresAt,
        Optional<Instant> lastUsedAt) {
    StoredKey {
        rights = Set.copyOf(rights);
    }

    @Override
    public String toString() {
        return "StoredKey[id=" + id + "]";
    }
}
