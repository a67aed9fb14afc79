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

/** The valid keys that this process knows: those of API_KEYS and the stored ones. */
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

    /** Whether API_KEYS is empty. */
    public boolean noneInEnvironment() {
        return ofEnvironment.isEmpty();
    }

    /** Includes expired keys. */
    public Optional<KnownKey> with(Digest digest) {
        KnownKey known = ofEnvironment.get(digest);
        return Optional.ofNullable(known != null ? known : stored.get(digest));
    }

    /**
     * Replaces all stored keys. The usage recorded for keys that remain is kept.
     *
     * @param readNanos {@link System#nanoTime()} before they were read
     */
    synchronized void replaceStored(Collection<StoredKey> keys, long readNanos) {
        confirmedNanos = readNanos;
        Map<Digest, KnownKey> next = new HashMap<>();
        keys.forEach(key -> next.put(key.digest(), known(key)));
        stored = next;
    }

    /** Time since the stored keys were read; a key may have been revoked in the meantime. */
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

    /** The stored keys. */
    public Stream<KnownKey> stored() {
        return stored.values().stream();
    }

    private KnownKey known(StoredKey key) {
        KnownKey before = stored.get(key.digest());
        return before != null ? before : KnownKey.of(key, config);
    }
}
