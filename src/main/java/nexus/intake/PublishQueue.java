package nexus.intake;

import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import nexus.event.IncomingEvent;
import nexus.queue.notify.LiveLanes;
import nexus.refusal.Refusal;
import nexus.store.StoreErrors;
import nexus.subscription.catalog.SubscriptionCatalog;

/**
 * Group commit for published events: requests that arrive during a transaction are stored by the next one, so that a
 * lone request does not wait and many share one commit. If a group fails, its requests are stored one by one, so that
 * one request's error does not affect the others. While the store is unavailable they wait and are tried again, after a
 * check whether the last try was committed: their ids were drawn before it.
 */
final class PublishQueue {
    /** Maximum number of events in one transaction. */
    private static final int MAX_GROUP = 1000;
    /** Maximum bytes of bodies in one transaction; a larger request is stored alone. */
    private static final long MAX_GROUP_BYTES = 8L << 20;
    /** Maximum number of waiting requests; more are refused, because they would wait longer than their callers do. */
    private static final int MAX_WAITING = 20_000;
    /** Maximum bytes of waiting bodies. */
    private static final long MAX_WAITING_BYTES = 64L << 20;
    /** Time until a waiting request is refused, and its caller may try again. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

    private static final Duration BETWEEN_TRIES = Duration.ofMillis(100);
    private static final Duration DEADLINE_CHECK = Duration.ofMillis(250);

    private static final int CLAIM_TRIES = 3;

    private static final String AWAY =
            "The database does not answer. The request may have been stored: send it again with"
                    + " the same Idempotency-Key or eventId.";

    /** Stores matched events; false if the match is out of date. */
    interface Storage {
        Future<Boolean> store(
                MatchedEvents matched, List<EventRepository.Claim> claims, Optional<Checkpoint> checkpoint);
    }

    private record ClaimKey(String scope, String key) {
        // written by hand, as in event.EventType
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

    private final Deque<WaitingPublication> waiting = new ArrayDeque<>(); // guarded by this
    private List<WaitingPublication> inProgress = List.of(); // guarded by this
    private final Set<ClaimKey> claimed = new HashSet<>(); // guarded by this
    private long waitingBytes; // guarded by this
    private boolean storing; // guarded by this
    private boolean watching; // guarded by this

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
        WaitingPublication added = new WaitingPublication(request, System.nanoTime() + LONGEST_WAIT.toNanos());
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
        List<WaitingPublication> group = new ArrayList<>();
        synchronized (this) {
            if (storing || waiting.isEmpty()) {
                return;
            }
            watch();
            int events = 0;
            long bytes = 0;
            while (!waiting.isEmpty() && (group.isEmpty() || fits(waiting.peek().request(), events, bytes))) {
                WaitingPublication next = waiting.remove();
                events += next.request().events().size();
                bytes += next.request().bytes();
                group.add(next);
            }
            waitingBytes -= bytes;
            storing = true;
            inProgress = group;
        }
        Set<WaitingPublication> again = ConcurrentHashMap.newKeySet();
        storeGroup(group, again).onComplete(done -> {
            List<WaitingPublication> inOrder =
                    group.stream().filter(again::contains).toList();
            if (inOrder.isEmpty()) {
                end(inOrder);
            } else {
                CompletableFuture.delayedExecutor(BETWEEN_TRIES.toMillis(), TimeUnit.MILLISECONDS)
                        .execute(() -> end(inOrder));
            }
        });
    }

    /** @param again requests that are tried again, before all others */
    private void end(List<WaitingPublication> again) {
        synchronized (this) {
            storing = false;
            inProgress = List.of();
            for (WaitingPublication one : again.reversed()) {
                if (!one.isAnswered()) {
                    waiting.addFirst(one);
                    waitingBytes += one.request().bytes();
                }
            }
        }
        storeNext();
    }

    /** Checks the deadlines while a transaction is in progress, because the store may hang. */
    private synchronized void watch() {
        if (!watching) {
            watching = true;
            CompletableFuture.delayedExecutor(DEADLINE_CHECK.toMillis(), TimeUnit.MILLISECONDS)
                    .execute(this::failOverdue);
        }
    }

    private void failOverdue() {
        long now = System.nanoTime();
        List<WaitingPublication> overdue = new ArrayList<>();
        synchronized (this) {
            while (!waiting.isEmpty() && waiting.peek().isOver(now)) {
                WaitingPublication first = waiting.remove();
                waitingBytes -= first.request().bytes();
                overdue.add(first);
            }
            inProgress.stream().filter(one -> one.isOver(now)).forEach(overdue::add);
            watching = false;
            if (storing || !waiting.isEmpty()) {
                watch();
            }
        }
        overdue.forEach(one -> one.answer().tryFail(new Refusal.Unavailable(AWAY)));
    }

    private static boolean fits(Publication next, int events, long bytes) {
        return events + next.events().size() <= MAX_GROUP && bytes + next.bytes() <= MAX_GROUP_BYTES;
    }

    /**
     * Never fails: every request of the group gets its own answer.
     *
     * @param again receives the requests that have to be tried again
     */
    private Future<?> storeGroup(List<WaitingPublication> group, Set<WaitingPublication> again) {
        List<Future<Optional<Resolved>>> lookups = new ArrayList<>();
        for (WaitingPublication one : group) {
            lookups.add(isStored(one)
                    .compose(stored -> stored
                            ? Future.succeededFuture(Optional.<Resolved>empty())
                            : resolve(one).map(Optional::of))
                    .onFailure(failure -> failed(one, failure, again)));
        }
        return Future.join(lookups).transform(joined -> {
            List<Resolved> resolved = lookups.stream()
                    .filter(Future::succeeded)
                    .flatMap(found -> found.result().stream())
                    .toList();
            return Future.<Void>succeededFuture()
                    .compose(ready -> storeTogether(resolved))
                    .recover(failure -> storeOneByOne(resolved, failure, again));
        });
    }

    private record Resolved(WaitingPublication waiting, ClaimResolution claims, Set<UUID> triedBefore) {}

    private Future<Resolved> resolve(WaitingPublication one) {
        Set<UUID> triedBefore = one.tried();
        return ClaimResolution.resolve(one.request(), repository)
                .map(resolution -> new Resolved(one, resolution, triedBefore));
    }

    /** Whether its last try was committed; if so, it has its answer. */
    private Future<Boolean> isStored(WaitingPublication one) {
        Set<UUID> deciding = one.decidingIds();
        return deciding.isEmpty()
                ? Future.succeededFuture(false)
                : repository.holders(deciding).map(found -> {
                    if (!found.isEmpty()) {
                        one.completeWithLastTry();
                    }
                    return !found.isEmpty();
                });
    }

    /** Waits for an unavailable store, until the deadline of its caller. */
    private static void failed(WaitingPublication one, Throwable failure, Set<WaitingPublication> again) {
        if (!StoreErrors.isAway(failure)) {
            one.answer().tryFail(failure);
        } else if (!one.isAnswered()) {
            one.markInterrupted();
            again.add(one);
        }
    }

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
            one.waiting().beginTry(accepted, one.claims().fresh());
            rows.addAll(one.claims().rows(accepted, clock.instant()));
        }
        Future<Boolean> stored =
                matched.isEmpty() ? Future.succeededFuture(true) : storage.store(matched, rows, Optional.empty());
        return stored.compose(done -> {
            if (!done) {
                return catalog.reload().compose(reloaded -> storeTogether(group));
            }
            for (int i = 0; i < group.size(); i++) {
                Resolved one = group.get(i);
                one.waiting().stored(answers.get(i), one.triedBefore());
            }
            return Future.succeededFuture();
        });
    }

    private Future<Void> storeOneByOne(List<Resolved> group, Throwable failure, Set<WaitingPublication> again) {
        if (group.size() == 1) {
            return storeAlone(group.getFirst().waiting(), failure, 1, again);
        }
        if (!StoreErrors.isAboutOneRow(failure)) { // it would be unavailable for each of them
            group.forEach(one -> failed(one.waiting(), failure, again));
            return Future.succeededFuture();
        }
        Future<Void> all = Future.succeededFuture();
        for (Resolved one : group) {
            all = all.compose(
                    before -> storeTogether(List.of(one)).recover(alone -> storeAlone(one.waiting(), alone, 1, again)));
        }
        return all;
    }

    /**
     * Another process used the same key at the same time, or a try whose connection broke was committed: the next
     * look-up finds it.
     */
    private Future<Void> storeAlone(
            WaitingPublication one, Throwable failure, int attempt, Set<WaitingPublication> again) {
        boolean keyTaken = StoreErrors.isTaken(failure);
        if (!keyTaken || attempt > CLAIM_TRIES) {
            failed(one, failure, again);
            return Future.succeededFuture();
        }
        return isStored(one)
                .compose(stored -> stored
                        ? Future.<Void>succeededFuture()
                        : resolve(one).compose(resolved -> storeTogether(List.of(resolved))))
                .recover(next -> storeAlone(one, next, attempt + 1, again));
    }
}
