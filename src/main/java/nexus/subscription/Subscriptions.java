package nexus.subscription;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import nexus.event.EventType;
import org.jspecify.annotations.Nullable;

/**
 * All subscriptions as they were at one version of the catalog: the matcher. Intake compares the version inside its
 * transaction, so that nothing is matched with an out-of-date one. Immutable: the next version shares with it what did
 * not change.
 */
public final class Subscriptions {
    /** Types remembered at most: types are few, but a publisher could make them up without end. */
    private static final int REMEMBERED_TYPES = 10_000;
    /** After more changes at once, types are matched again instead of being changed one by one. */
    private static final int MOST_APPLIED = 100;

    public static final Subscriptions NONE = new Subscriptions(0, List.of());

    private final long version;
    private final PersistentMap<Integer, Subscription> byLane;
    private final PersistentMap<UUID, Subscription> byId;
    private final TablePatterns tables;
    private volatile PersistentMap<EventType, Candidates> matched; // a race forgets a type, which is matched again

    private Subscriptions(
            long version,
            PersistentMap<Integer, Subscription> byLane,
            PersistentMap<UUID, Subscription> byId,
            TablePatterns tables,
            PersistentMap<EventType, Candidates> matched) {
        this.version = version;
        this.byLane = byLane;
        this.byId = byId;
        this.tables = tables;
        this.matched = matched;
    }

    public Subscriptions(long version, Collection<Subscription> subscriptions) {
        PersistentMap<Integer, Subscription> lanes = PersistentMap.empty();
        PersistentMap<UUID, Subscription> ids = PersistentMap.empty();
        TablePatterns patterns = TablePatterns.NONE;
        for (Subscription one : subscriptions) {
            lanes = lanes.with(one.lane(), one);
            ids = ids.with(one.id(), one);
            patterns = patterns.with(one);
        }
        this(version, lanes, ids, patterns, PersistentMap.empty());
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
        List<Change> changes = new ArrayList<>();
        for (Subscription now : changed) {
            Change change = new Change(lanes.get(now.lane()), now);
            patterns = change.before == null ? patterns : patterns.without(change.before);
            patterns = patterns.with(now);
            lanes = lanes.with(now.lane(), now);
            ids = ids.with(now.id(), now);
            changes.add(change);
        }
        for (Integer lane : gone) {
            Subscription before = lanes.get(lane);
            if (before != null) {
                patterns = patterns.without(before);
                lanes = lanes.without(lane);
                ids = ids.without(before.id());
                changes.add(new Change(before, null));
            }
        }
        return new Subscriptions(nextVersion, lanes, ids, patterns, applied(changes));
    }

    private record Change(
            @Nullable Subscription before, @Nullable Subscription now) {
        Candidates applied(EventType type, Candidates candidates) {
            Candidates without = before == null || !before.wants(type) ? candidates : candidates.without(before);
            return now == null || !now.wants(type) ? without : without.with(now);
        }
    }

    private PersistentMap<EventType, Candidates> applied(List<Change> changes) {
        PersistentMap<EventType, Candidates> known = matched;
        if (changes.isEmpty() || known.isEmpty()) {
            return known;
        }
        if (changes.size() > MOST_APPLIED) {
            return PersistentMap.empty();
        }
        List<PersistentMap<EventType, Candidates>> next = new ArrayList<>(List.of(known));
        known.forEach((type, candidates) -> {
            Candidates now = candidates;
            for (Change change : changes) {
                now = change.applied(type, now);
            }
            next.set(0, next.getFirst().with(type, now));
        });
        return next.getFirst();
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

    /** The subscriptions that select an event of this type, in the order of their lanes. */
    public List<Subscription> wanting(EventType type) {
        return candidates(type).unfiltered();
    }

    private Candidates candidates(EventType type) {
        Candidates known = matched.get(type);
        if (known != null) {
            return known;
        }
        Candidates.Builder wanting = new Candidates.Builder();
        byLane.forEach((lane, subscription) -> {
            if (subscription.wants(type)) {
                wanting.add(subscription);
            }
        });
        Candidates candidates = wanting.build();
        PersistentMap<EventType, Candidates> remembered = matched;
        if (remembered.size() < REMEMBERED_TYPES) {
            matched = remembered.with(type, candidates);
        }
        return candidates;
    }
}
