package nexus.access.key;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/** The keys that open, as far as this process knows: those it was started with, and the stored ones. */
@Singleton
public final class ApiKeys {
    private final AccessConfig config;
    private final Map<Digest, KnownKey> ofEnvironment = new HashMap<>();
    private volatile Map<Digest, KnownKey> stored = Map.of();
    private volatile long confirmedNanos = System.nanoTime();

    @Inject
    ApiKeys(AccessConfig config) {
        this.config = config;
        List<Digest> digests = config.keys().orElse(List.of()).stream()
                .map(String::strip)
                .filter(key -> !key.isEmpty())
                .map(Digest::of)
                .distinct()
                .toList();
        for (int i = 0; i < digests.size(); i++) {
            ofEnvironment.put(digests.get(i), KnownKey.ofEnvironment(i + 1, digests.get(i), config));
        }
    }

    /** Whether the process was started without any. */
    public boolean noneInEnvironment() {
        return ofEnvironment.isEmpty();
    }

    /** Expired or not. */
    public Optional<KnownKey> with(Digest digest) {
        KnownKey known = ofEnvironment.get(digest);
        return Optional.ofNullable(known != null ? known : stored.get(digest));
    }

    /**
     * These are all there are now. What is remembered of those that stay is kept.
     *
     * @param readNanos {@link System#nanoTime()} before they were read
     */
    synchronized void replaceStored(Collection<StoredKey> keys, long readNanos) {
        confirmedNanos = readNanos;
        Map<Digest, KnownKey> next = new HashMap<>();
        keys.forEach(key -> next.put(key.digest(), known(key)));
        stored = next;
    }

    /** How long ago the store was asked for the stored keys; one may have been revoked since. */
    Duration unconfirmedFor(long nowNanos) {
        return Duration.ofNanos(nowNanos - confirmedNanos);
    }

    synchronized KnownKey add(StoredKey key) {
        Map<Digest, KnownKey> next = new HashMap<>(stored);
        KnownKey known = known(key);
        next.put(key.digest(), known);
        stored = next;
        return known;
    }

    synchronized void remove(UUID id) {
        Map<Digest, KnownKey> next = new HashMap<>(stored);
        next.values().removeIf(key -> key.id().filter(id::equals).isPresent());
        stored = next;
    }

    /** The stored ones. */
    public Stream<KnownKey> stored() {
        return stored.values().stream();
    }

    private KnownKey known(StoredKey key) {
        KnownKey before = stored.get(key.digest());
        return before != null ? before : KnownKey.of(key, config);
    }
}
