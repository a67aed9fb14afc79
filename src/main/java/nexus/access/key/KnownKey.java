package nexus.access.key;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import nexus.access.limit.RequestLimit;
import nexus.access.limit.RequestPlaces;
import nexus.api.caller.Caller;

/** A valid key with its usage in this process. Safe for any thread. */
public final class KnownKey {
    private final Caller caller;
    private final Optional<UUID> id;
    private final Set<Right> rights;
    private final Optional<Instant> expiresAt;
    private final RequestLimit publishing;
    private final RequestLimit others;
    private final RequestPlaces publishingInProgress;
    private final RequestPlaces othersInProgress;
    private final AtomicLong lastUsedMillis = new AtomicLong();

    private KnownKey(
            Caller caller, Optional<UUID> id, Set<Right> rights, Optional<Instant> expiresAt, AccessConfig config) {
        long now = System.nanoTime();
        this.caller = caller;
        this.id = id;
        this.rights = rights;
        this.expiresAt = expiresAt;
        this.publishing = new RequestLimit("publish", config.publishRate(), now);
        this.others = new RequestLimit("default", config.rate(), now);
        this.publishingInProgress = new RequestPlaces(config.publishInProgress(), config.waiting());
        this.othersInProgress = new RequestPlaces(config.inProgress(), config.waiting());
    }

    /**
     * One of {@code API_KEYS}.
     *
     * @param number its position in API_KEYS, from 1; the name must reveal nothing of the key
     */
    static KnownKey ofEnvironment(int number, Digest digest, AccessConfig config) {
        Caller caller = new Caller(digest.scope(), "env:" + number, Optional.empty(), true);
        return new KnownKey(caller, Optional.empty(), Set.of(Right.MANAGE), Optional.empty(), config);
    }

    static KnownKey of(StoredKey key, AccessConfig config) {
        Caller caller = new Caller(
                key.digest().scope(), key.id().toString(), Optional.of(key.name()), Right.MANAGE.isAmong(key.rights()));
        return new KnownKey(caller, Optional.of(key.id()), key.rights(), key.expiresAt(), config);
    }

    public Caller caller() {
        return caller;
    }

    /** Empty for one of {@code API_KEYS}. */
    public Optional<UUID> id() {
        return id;
    }

    public boolean may(Right right) {
        return right.isAmong(rights);
    }

    public boolean isExpired(long nowMillis) {
        return expiresAt.isPresent() && expiresAt.get().toEpochMilli() <= nowMillis;
    }

    public RequestLimit limit(Right right) {
        return right == Right.PUBLISH ? publishing : others;
    }

    public RequestPlaces inProgress(Right right) {
        return right == Right.PUBLISH ? publishingInProgress : othersInProgress;
    }

    public void used(long nowMillis) {
        lastUsedMillis.set(nowMillis);
    }

    /** Zero when this process has not seen the key. */
    long lastUsedMillis() {
        return lastUsedMillis.get();
    }
}
