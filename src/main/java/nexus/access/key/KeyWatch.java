package nexus.access.key;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import nexus.access.limit.RequestLimit;
import nexus.liveness.LoopHeartbeats;
import nexus.liveness.Rounds;
import org.jboss.logging.Logger;

/**
 * Keeps the keys of this process in step with the store. A key that another process deletes stays valid here for less
 * than two seconds; a key that it creates is valid at once. Also stores when keys were used.
 */
@Singleton
public class KeyWatch {
    private static final Logger LOG = Logger.getLogger(KeyWatch.class);
    private static final Duration EVERY = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** If the store has not responded for this long, a stored key may have been revoked. It is valid again when the store has
     * confirmed it. */
    private static final Duration MOST_UNCONFIRMED = Duration.ofSeconds(10);

    private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(5);
    /** Each look-up costs a query, so a client that guesses keys must not cause many. */
    private static final int LOOKUPS_PER_SECOND = 20;

    private final KeyRepository repository;
    private final ApiKeys keys;
    private final RequestLimit lookups = new RequestLimit("lookups", LOOKUPS_PER_SECOND, System.nanoTime());
    private final Map<UUID, Long> written = new HashMap<>(); // guarded by this
    private Future<Void> reading = Future.succeededFuture(); // guarded by this
    private final Rounds rounds;

    @Inject
    KeyWatch(Vertx vertx, LoopHeartbeats heartbeats, KeyRepository repository, ApiKeys keys) {
        this.repository = repository;
        this.keys = keys;
        this.rounds = new Rounds(vertx, heartbeats, "keys", EVERY, PATIENCE, () -> read().compose(read -> writeUses())
                .onFailure(failure -> LOG.warnf("keys not read cause=%s", failure)));
    }

    void onStart(@Observes @Priority(20) StartupEvent event)
            throws InterruptedException, ExecutionException, TimeoutException {
        read().toCompletionStage().toCompletableFuture().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        rounds.startAfterPause();
    }

    void onStop(@Observes ShutdownEvent event) {
        try {
            rounds.stop()
                    .eventually(() -> writeUses())
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(EVERY.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.debugf("last uses of keys not written cause=%s", e);
        }
    }

    /** Looks up a key that this process does not know; another process may have just created it. */
    public Future<Optional<KnownKey>> lookUp(Digest digest) {
        if (!lookups.take(System.nanoTime())) {
            return Future.succeededFuture(Optional.empty());
        }
        return repository.with(digest).map(found -> found.map(keys::add));
    }

    /** Whether the stored keys were read recently enough to be relied on. */
    public boolean isConfirmed() {
        return keys.unconfirmedFor(System.nanoTime()).compareTo(MOST_UNCONFIRMED) < 0;
    }

    /** Reads all stored keys. Calls during a read share its result. */
    public synchronized Future<Void> read() {
        if (reading.isComplete()) {
            long asked = System.nanoTime();
            reading = repository
                    .all()
                    .onSuccess(found -> keys.replaceStored(found, asked))
                    .timeout(ANSWERS_WITHIN.toMillis(), TimeUnit.MILLISECONDS)
                    .mapEmpty();
        }
        return reading;
    }

    private synchronized Future<Void> writeUses() {
        Map<UUID, Instant> uses = new HashMap<>();
        keys.stored().filter(key -> key.lastUsedMillis() > 0).forEach(key -> key.id()
                .filter(id -> !Long.valueOf(key.lastUsedMillis()).equals(written.get(id)))
                .ifPresent(id -> uses.put(id, Instant.ofEpochMilli(key.lastUsedMillis()))));
        if (uses.isEmpty()) {
            return Future.succeededFuture();
        }
        return repository.used(uses).onSuccess(done -> remember(uses));
    }

    private synchronized void remember(Map<UUID, Instant> uses) {
        uses.forEach((id, at) -> written.put(id, at.toEpochMilli()));
        written.keySet().removeIf(id -> keys.stored()
                .noneMatch(key -> key.id().filter(id::equals).isPresent()));
    }
}
