package nexus.intake;

import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import nexus.event.IncomingEvent;
import nexus.event.Ordering;
import nexus.queue.enqueue.NewlyOwed;
import nexus.queue.notify.LiveLanes;
import nexus.queue.owed.OwedBody;
import nexus.store.Rows;
import nexus.subscription.Subscription;
import nexus.subscription.matching.Subscriptions;
import nexus.subscription.matching.Undecided;
import org.jspecify.annotations.Nullable;

/** Events with the lanes of their deliveries, as the columns of the statement that stores them. */
final class MatchedEvents {
    final long catalogVersion;

    final List<UUID> ids = new ArrayList<>();
    final List<String> types = new ArrayList<>();
    final List<OffsetDateTime> createdAts = new ArrayList<>();
    final List<Buffer> bodies = new ArrayList<>();
    final List<@Nullable Long> keys = new ArrayList<>();
    final List<@Nullable Long> otherKeys = new ArrayList<>(); // equal to the key for a barrier
    final List<@Nullable Long> rowKeys = new ArrayList<>();
    final List<Integer> firstsOwed = new ArrayList<>(); // from 1; the deliveries of one event are adjacent
    final List<Integer> lastsOwed = new ArrayList<>();

    /** Number of events without Nexus's own. */
    long counted;

    final NewlyOwed owed = new NewlyOwed();

    /** How often disabled subscriptions missed an event; those of one list were missed together. */
    private final IdentityHashMap<List<Subscription>, Long> missed = new IdentityHashMap<>();

    /** Subscriptions whose filters could not decide, also about events that are not stored. */
    final Undecided undecided = new Undecided();

    /** Jobs with events for a subscription that is disabled or deleted. */
    final Set<UUID> unreceived = new HashSet<>();

    /** The number of deliveries of each incoming event. */
    final List<Integer> deliveries = new ArrayList<>();

    MatchedEvents(Subscriptions subscriptions, List<IncomingEvent> events, LiveLanes.Live live) {
        catalogVersion = subscriptions.version();
        for (IncomingEvent event : events) {
            List<Subscription> wanting = subscriptions.wanting(event, undecided);
            List<Subscription> missing = subscriptions.missing(event, undecided);
            deliveries.add(wanting.size());
            event.recipient()
                    .filter(only -> !subscriptions.isReceiving(only.subscription()))
                    .ifPresent(only -> unreceived.add(only.job()));
            if (!wanting.isEmpty() || !missing.isEmpty() || event.storedAlways()) {
                add(event, wanting);
            }
            if (!missing.isEmpty()) {
                missed.merge(missing, 1L, Long::sum);
            }
        }
        owed.plan(live);
    }

    /** Whether there is nothing to store. */
    boolean isEmpty() {
        return ids.isEmpty();
    }

    /** The number of missed events by lane. Takes time for each subscription that missed some. */
    SortedMap<Integer, Long> missed() {
        SortedMap<Integer, Long> byLane = new TreeMap<>();
        missed.forEach((subscriptions, count) ->
                subscriptions.forEach(subscription -> byLane.merge(subscription.lane(), count, Long::sum)));
        return byLane;
    }

    /** The notification about each stored event. */
    interface StoredListener {
        void of(UUID id, String type, Instant createdAt);
    }

    void forEach(StoredListener listener) {
        for (int i = 0; i < ids.size(); i++) {
            listener.of(ids.get(i), types.get(i), createdAts.get(i).toInstant());
        }
    }

    private void add(IncomingEvent event, List<Subscription> wanting) {
        byte[] body = event.body().bytes();
        ids.add(event.id().value());
        types.add(event.type().value());
        createdAts.add(Rows.utc(event.createdAt()));
        counted += event.type().isOwn() ? 0 : 1;
        OwedBody sent = new OwedBody(event.type(), Buffer.buffer(body));
        bodies.add(sent.bytes());
        addOrdering(event.ordering());
        rowKeys.add(event.searchKeys().besides(event.ordering()));
        firstsOwed.add(owed.size() + 1);
        lastsOwed.add(owed.size() + wanting.size());
        for (Subscription subscription : wanting) {
            owed.add(subscription.lane(), ids.size(), event, sent, body.length);
        }
    }

    private void addOrdering(Ordering ordering) {
        switch (ordering) {
            case Ordering.None none -> addKeys(null, null);
            case Ordering.Key key -> addKeys(key.hash(), null);
            case Ordering.TwoKeys two -> addKeys(two.hash(), two.otherHash());
            case Ordering.Barrier barrier -> addKeys(barrier.hash(), barrier.hash());
        }
    }

    private void addKeys(@Nullable Long key, @Nullable Long otherKey) {
        keys.add(key);
        otherKeys.add(otherKey);
    }
}
