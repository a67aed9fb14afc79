package nexus.access.key;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * A key created through the API, as stored: without the key itself.
 *
 * @param number ascending in order of creation
 * @param lastUsedAt accurate to about ten seconds
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
