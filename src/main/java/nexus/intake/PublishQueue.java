package nexus.intake;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import nexus.Refusal;
import nexus.event.IncomingEvent;
import nexus.queue.LiveLanes;
import nexus.store.StoreErrors;
import nexus.subscription.SubscriptionCatalog;

/**
 * Group commit for published events: what arrives while one transaction is under way goes into the next one, so that a
 * lone request waits for nothing and many share one commit. When a group fails, its requests are stored one by one, so
 * that one request's error is no neighbour's.
 */
final class PublishQueue {
    /** Events in one transaction. */
    private static final int MAX_GROUP = 1000;
    /** Bytes of bodies in one transaction; a request above it goes alone. */
    private static final long MAX_GROUP_BYTES = 8L << 20;
    /** Requests waiting; more are turned away, because they would wait longer than their callers do. */
    private static final int MAX_WAITING = 20_000;
    /** Bytes of bodies waiting. */
    private static final long MAX_WAITING_BYTES = 64L << 20;

    private static final int CLAIM_TRIES = 3;

    /** Stores matched events; false when the match is out of date. */
    interface Storage {
        Future<Boolean> store(
                MatchedEvents matched, List<EventRepository.Claim> claims, Optional<EventRepository.PositionMove> move);
    }

    private record Waiting(Publication request, Promise<List<Accepted>> answer) {}

    private record ClaimKey(String scope, String key) {
        // written out, as in event.EventType
        @Override
        public boolean equals(Object other) {
            return other instanceof ClaimKey claim && key.equals(claim.key) && scope.equals(claim.scope);
        }

        @Override
        public int hashCode() {
            return 31 * scope.hashCode() + key.hashCode();
        }
    }

    private final EventRepository repository;
    private final SubscriptionCatalog catalog;
    private final LiveLanes live;
    private final Storage storage;
    private final Clock clock;

    private final Deque<Waiting> waiting = new ArrayDeque<>(); // guarded by this
    private final Set<ClaimKey> claimed = new HashSet<>(); // guarded by this
    private long waitingBytes; // guarded by this
    private boolean storing; // guarded by this

    PublishQueue(
            EventRepository repository, SubscriptionCatalog catalog, LiveLanes live, Storage storage, Clock clock) {
        this.repository = repository;
        this.catalog = catalog;
        this.live = live;
        this.storage = storage;
        this.clock = clock;
    }

    Future<List<Accepted>> add(Publication request) {
        List<ClaimKey> keys = request.claims().stream()
                .map(claim -> new ClaimKey(claim.scope(), claim.key()))
                .toList();
        Waiting added = new Waiting(request, Promise.promise());
        synchronized (this) {
            if (waiting.size() >= MAX_WAITING || waitingBytes > MAX_WAITING_BYTES) {
                return Future.failedFuture(new Refusal.Unavailable("too many events are waiting to be stored"));
            }
            if (keys.stream().anyMatch(claimed::contains)) {
                return Future.failedFuture(new Refusal.Conflict(
                        "idempotency-key-in-use", "a request with this key is being handled; ask again in a moment"));
            }
            claimed.addAll(keys);
            waiting.add(added);
            waitingBytes += request.bytes();
        }
        storeNext();
        return added.answer().future().onComplete(done -> {
            synchronized (this) {
                keys.forEach(claimed::remove);
            }
        });
    }

    private void storeNext() {
        List<Waiting> group = new ArrayList<>();
        synchronized (this) {
            if (storing || waiting.isEmpty()) {
                return;
            }
            int events = 0;
            long bytes = 0;
            while (!waiting.isEmpty() && (group.isEmpty() || fits(waiting.peek().request(), events, bytes))) {
                Waiting next = waiting.remove();
                events += next.request().events().size();
                bytes += next.request().bytes();
                group.add(next);
            }
            waitingBytes -= bytes;
            storing = true;
        }
        storeGroup(group).onComplete(done -> {
            synchronized (this) {
                storing = false;
            }
            storeNext();
        });
    }

    private static boolean fits(Publication next, int events, long bytes) {
        return events + next.events().size() <= MAX_GROUP && bytes + next.bytes() <= MAX_GROUP_BYTES;
    }

    /** Never fails: every request of the group gets its own answer. */
    private Future<?> storeGroup(List<Waiting> group) {
        List<Future<Resolved>> lookups = new ArrayList<>();
        for (Waiting one : group) {
            lookups.add(ClaimResolution.resolve(one.request(), repository)
                    .map(resolution -> new Resolved(one, resolution))
                    .onFailure(one.answer()::tryFail));
        }
        return Future.join(lookups).transform(joined -> {
            List<Resolved> resolved = lookups.stream()
                    .filter(Future::succeeded)
                    .map(Future::result)
                    .toList();
            return Future.<Void>succeededFuture()
                    .compose(ready -> storeTogether(resolved))
                    .recover(failure -> storeOneByOne(resolved, failure));
        });
    }

    private record Resolved(Waiting waiting, ClaimResolution claims) {}

    private Future<Void> storeTogether(List<Resolved> group) {
        List<IncomingEvent> events =
                group.stream().flatMap(one -> one.claims().fresh().stream()).toList();
        MatchedEvents matched = new MatchedEvents(catalog.current(), events, live.now());
        List<List<Accepted>> answers = new ArrayList<>();
        List<EventRepository.Claim> rows = new ArrayList<>();
        int from = 0;
        for (Resolved one : group) {
            int count = one.claims().fresh().size();
            List<Accepted> accepted = one.claims().answers(matched.deliveries.subList(from, from + count));
            from += count;
            answers.add(accepted);
            rows.addAll(one.claims().rows(accepted, clock.instant()));
        }
        Future<Boolean> stored =
                matched.isEmpty() ? Future.succeededFuture(true) : storage.store(matched, rows, Optional.empty());
        return stored.compose(done -> {
            if (!done) {
                return catalog.reload().compose(reloaded -> storeTogether(group));
            }
            for (int i = 0; i < group.size(); i++) {
                group.get(i).waiting().answer().complete(answers.get(i));
            }
            return Future.succeededFuture();
        });
    }

    private Future<Void> storeOneByOne(List<Resolved> group, Throwable failure) {
        if (group.size() == 1) {
            return storeAlone(group.getFirst().waiting(), failure, 1);
        }
        if (!StoreErrors.isAboutOneRow(failure)) { // the store is away: it would be for each of them
            group.forEach(one -> one.waiting().answer().tryFail(failure));
            return Future.succeededFuture();
        }
        Future<Void> all = Future.succeededFuture();
        for (Resolved one : group) {
            all = all.compose(
                    before -> storeTogether(List.of(one)).recover(alone -> storeAlone(one.waiting(), alone, 1)));
        }
        return all;
    }

    /** Another process took the same key in this moment: then the look-up finds it now. Anything else is final. */
    private Future<Void> storeAlone(Waiting one, Throwable failure, int attempt) {
        boolean keyTaken = StoreErrors.isTaken(failure);
        if (!keyTaken || attempt > CLAIM_TRIES) {
            one.answer().tryFail(failure);
            return Future.succeededFuture();
        }
        return ClaimResolution.resolve(one.request(), repository)
                .compose(resolution -> storeTogether(List.of(new Resolved(one, resolution))))
                .recover(again -> storeAlone(one, again, attempt + 1));
    }
}
