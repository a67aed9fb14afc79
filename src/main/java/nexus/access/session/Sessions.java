package nexus.access.session;

import io.vertx.core.Future;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import nexus.access.key.AccessConfig;
import nexus.access.key.ApiKeys;
import nexus.access.key.Digest;
import nexus.access.key.KeyResource;
import nexus.access.key.KeyWatch;
import nexus.access.key.KnownKey;
import nexus.access.key.Right;
import nexus.process.ProcessConfig;

/**
 * The sessions of the page. A session ends at its time, when somebody signs out, and when its key expires or is deleted:
 * each request looks its key up again.
 */
@Singleton
public final class Sessions {
    /** Signed-out sessions that are remembered, the latest of them. They would end by themselves after the session's life. */
    private static final int MOST_ENDED = 10_000;

    private final ApiKeys keys;
    private final KeyWatch watch;
    private final Clock clock;
    private final Duration life;
    private final SessionSeal seal;
    private final boolean isOpenMode;
    private final Map<UUID, Instant> ended = new LinkedHashMap<>() { // guarded by itself
                @Override
                protected boolean removeEldestEntry(Map.Entry<UUID, Instant> eldest) {
                    return size() > MOST_ENDED || eldest.getValue().isBefore(clock.instant());
                }
            };

    /** The result of a sign-in. */
    public sealed interface SignIn {
        /** @param cookie its value, valid for {@code life} */
        record Done(String cookie, Duration life) implements SignIn {}

        /** The key is not one of this Nexus, or has expired. */
        record Unknown() implements SignIn {}

        /** The key may publish events, but not read. */
        record MayNotRead() implements SignIn {}
    }

    @Inject
    Sessions(
            ApiKeys keys,
            KeyWatch watch,
            Clock clock,
            AccessConfig access,
            SessionConfig config,
            ProcessConfig process) {
        this.keys = keys;
        this.watch = watch;
        this.clock = clock;
        this.life = access.sessionLife();
        this.seal = new SessionSeal(Base64.getDecoder().decode(config.key()));
        this.isOpenMode = process.embedded() && keys.noneInEnvironment();
    }

    /** Whether the page needs no sign-in: embedded mode without {@code API_KEYS}, which answers only to this machine. */
    public boolean isOpenMode() {
        return isOpenMode;
    }

    public Future<SignIn> signIn(String key) {
        Digest digest = Digest.of(key);
        return find(digest, KeyResource.isShapedLikeAKey(key)).map(found -> {
            if (found.isEmpty()) {
                return new SignIn.Unknown();
            }
            if (!found.get().may(Right.READ)) {
                return new SignIn.MayNotRead();
            }
            Session session =
                    new Session(UUID.randomUUID(), digest, clock.instant().plus(life));
            return new SignIn.Done(seal.seal(session), life);
        });
    }

    /** The visitor whose cookie this is; empty if the session or its key has ended. */
    public Future<Optional<Visitor>> visitor(Optional<String> cookie) {
        Optional<Session> session = cookie.flatMap(seal::open).filter(this::isGoingOn);
        if (session.isEmpty()) {
            return Future.succeededFuture(isOpenMode ? Optional.of(new Visitor.Open()) : Optional.empty());
        }
        return find(session.get().key(), true)
                .map(found -> found.filter(key -> key.may(Right.READ)).map(Visitor.Keyed::new));
    }

    /** Ends the session in this process. Its cookie is deleted with the answer. */
    public void signOut(Optional<String> cookie) {
        cookie.flatMap(seal::open).ifPresent(session -> {
            synchronized (ended) {
                ended.put(session.id(), session.endsAt());
            }
        });
    }

    private boolean isGoingOn(Session session) {
        synchronized (ended) {
            return session.endsAt().isAfter(clock.instant()) && !ended.containsKey(session.id());
        }
    }

    /** @param mayBeNew whether another process may just have created it */
    private Future<Optional<KnownKey>> find(Digest digest, boolean mayBeNew) {
        Optional<KnownKey> known = keys.with(digest).filter(key -> !key.isExpired(clock.millis()));
        if (known.isPresent() || !mayBeNew) {
            return Future.succeededFuture(known);
        }
        return watch.lookUp(digest)
                .map(found -> found.filter(key -> !key.isExpired(clock.millis())))
                .otherwise(Optional.empty());
    }
}
