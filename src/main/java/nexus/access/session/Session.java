package nexus.access.session;

import java.time.Instant;
import java.util.UUID;
import nexus.access.key.Digest;

/**
 * A person's access to the page.
 *
 * @param id random; tells sessions of the same key apart
 * @param key the digest of the key that was given at sign-in
 */
record Session(UUID id, Digest key, Instant endsAt) {
    @Override
    public String toString() {
        return "Session[redacted]";
    }
}
