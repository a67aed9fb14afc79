package nexus.subscription.matching;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import nexus.event.EventBody;
import nexus.event.EventType;
import nexus.event.IncomingEvent;
import nexus.filter.Decision;
import nexus.filter.EventFields;
import nexus.subscription.Subscription;
import nexus.value.Value;
import org.jspecify.annotations.Nullable;

/**
 * All subscriptions as they were at one version of the catalog: the matcher. Intake compares the version inside its
 * transaction, so that nothing is matched with an out-of-date one. Immutable: the next version shares with it what did
 * not change.
 */
public final class Subscriptions {
    /** Types remembered at most: types are few, but a publisher could make them up without end. */
    private static final int REMEMBERED_TYPES = 10_000;
    /** After more changes at once, all types are matched again. */
    private static final int MOST_COMPARED = 100;

    public static final Subscriptions NONE = new Subscriptions(
            0,
            PersistentMap.empty(),
            PersistentMap.empty(),
            TablePatterns.NONE,
            Candidates.NONE,
            PersistentMap.empty());

    private final long version;
    private final PersistentMap<Integer, Subscription> byLane;
    private final PersistentMap<UUID, Subscription> byId;
    private final TablePatterns tables;
    private final Candidates candidates;
    /** A race forgets a type, which is matched again. */
    private volatile PersistentMap<EventType, Candidates.OfType> remembered;

    private Subscriptions(
            long version,
            PersistentMap<Integer, Subscription> byLane,
            PersistentMap<UUID, Subscription> byId,
            TablePatterns tables,
            Candidates candidates,
            PersistentMap<EventType, Candidates.OfType> remembered) {
        this.version = version;
        this.byLane = byLane;
        this.byId = byId;
        this.tables = tables;
        this.candidates = candidates;
        this.remembered = remembered;
    }

    public Subscriptions(long version, Collection<Subscription> subscriptions) {
        Subscriptions all = NONE.with(version, subscriptions, List.of());
        this(version, all.byLane, all.byId, all.tables, all.candidates, PersistentMap.empty());
    }

    /**
     * The next version. Takes time for what changed, not for all that there is.
     *
     * @param changed new ones and those that are another now
     * @param gone the lanes of deleted ones
     */
    public Subscriptions with(long nextVersion, Collection<Subscription> changed, Collection<Integer> gone) {
        PersistentMap<Integer, Subscription> lanes = byLane;
        PersistentMap<UUID, Subscription> ids = byId;
        TablePatterns patterns = tables;
        Candidates next = candidates;
        List<Change> changes = new ArrayList<>();
        for (Subscription now : changed) {
            Subscription before = lanes.get(now.lane());
            if (before != null) {
                patterns = patterns.without(before);
                next = next.without(before);
            }
            patterns = patterns.with(now);
            next = next.with(now);
            lanes = lanes.with(now.lane(), now);
            ids = ids.with(now.id(), now);
            changes.add(new Change(before, now));
        }
        for (Integer lane : gone) {
            Subscription before = lanes.get(lane);
            if (before != null) {
                patterns = patterns.without(before);
                next = next.without(before);
                lanes = lanes.without(lane);
                ids = ids.without(before.id());
                changes.add(new Change(before, null));
            }
        }
        return new Subscriptions(nextVersion, lanes, ids, patterns, next, remembered(changes, next));
    }

    private record Change(
            @Nullable Subscription before, @Nullable Subscription now) {
        boolean concerns(EventType type) {
            return (before != null && before.wants(type)) || (now != null && now.wants(type));
        }
    }

    private PersistentMap<EventType, Candidates.OfType> remembered(List<Change> changes, Candidates next) {
        PersistentMap<EventType, Candidates.OfType> known = remembered;
        List<Change> others = changes.stream()
                .filter(change -> (change.before != null && next.isOtherThan(candidates, change.before))
                        || (change.now != null && next.isOtherThan(candidates, change.now)))
                .toList();
        if (others.isEmpty() || known.isEmpty()) {
            return known;
        }
        if (others.size() > MOST_COMPARED) {
            return PersistentMap.empty();
        }
        List<EventType> outdated = new ArrayList<>();
        known.forEach((type, selecting) -> {
            if (others.stream().anyMatch(change -> change.concerns(type))) {
                outdated.add(type);
            }
        });
        for (EventType type : outdated) {
            known = known.without(type);
        }
        return known;
    }

    public long version() {
        return version;
    }

    /** Those not deleted, enabled or not. */
    public Collection<Subscription> all() {
        List<Subscription> all = new ArrayList<>(byLane.size());
        byLane.forEach((lane, subscription) -> all.add(subscription));
        return all;
    }

    /** Empty when it was deleted. */
    public Optional<Subscription> ofLane(int lane) {
        return Optional.ofNullable(byLane.get(lane));
    }

    public Optional<Subscription> withId(UUID id) {
        return Optional.ofNullable(byId.get(id));
    }

    /** Whether an enabled subscription selects changes of this table, by their type alone. */
    public boolean selectChangesOf(String schema, String table) {
        return tables.match(schema, table);
    }

    /**
     * The subscriptions that select the event, in the order of their lanes. Its values are asked for only when there are
     * filters for its type.
     *
     * @param undecided receives the subscriptions whose filters are about a value that the event does not contain
     */
    public List<Subscription> wanting(IncomingEvent event, Undecided undecided) {
        if (event.recipient().isPresent()) {
            UUID only = event.recipient().get().subscription();
            return receives(only, event, undecided) ? withId(only).stream().toList() : List.of();
        }
        Candidates.OfType selecting = ofType(event.type());
        if (selecting.filtered().isEmpty()) {
            return selecting.unfiltered();
        }
        List<Subscription> wanting = new ArrayList<>();
        Value.Fields values = values(event);
        for (PatternGroup group : selecting.filtered()) {
            candidates.of(group).filtered().match(values, wanting::add, undecided);
        }
        if (wanting.isEmpty()) {
            return selecting.unfiltered();
        }
        wanting.addAll(selecting.unfiltered());
        return Lanes.sorted(wanting);
    }

    /** Whether a subscription exists and events become owed to it. */
    public boolean isReceiving(UUID subscription) {
        return withId(subscription).filter(Subscription::isEnabled).isPresent();
    }

    /**
     * Whether a subscription receives the event, which may be addressed to it. If it is, its patterns do not count, but its
     * filter does.
     */
    public boolean receives(UUID subscription, IncomingEvent event, Undecided undecided) {
        Optional<Subscription> found = withId(subscription).filter(one -> isReceiving(one.id()));
        boolean isAddressed = event.recipient().isPresent();
        if (found.isEmpty() || !(isAddressed || found.get().wants(event.type()))) {
            return false;
        }
        return found.get()
                .selection()
                .filter()
                .map(filter -> switch (filter.decide(values(event))) {
                    case Decision.Matched _ -> true;
                    case Decision.NotMatched _ -> false;
                    case Decision.Undecided _ -> {
                        undecided.add(found.get());
                        yield false;
                    }
                })
                .orElse(true);
    }

    private static Value.Fields values(IncomingEvent event) {
        IncomingEvent.Payload payload = event.payload();
        return EventFields.of(
                event.id().toString(),
                event.type().value(),
                EventBody.timestamp(event.createdAt()),
                payload.data(),
                payload.metadata());
    }

    private Candidates.OfType ofType(EventType type) {
        PersistentMap<EventType, Candidates.OfType> all = remembered;
        Candidates.OfType known = all.get(type);
        if (known != null) {
            return known;
        }
        Candidates.OfType selecting = candidates.ofType(type);
        if (all.size() < REMEMBERED_TYPES) {
            remembered = all.with(type, selecting);
        }
        return selecting;
    }
}
