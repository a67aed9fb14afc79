package nexus.subscription.matching;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import nexus.event.EventBody;
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
    public static final Subscriptions NONE = new Subscriptions(
            0, PersistentMap.empty(), PersistentMap.empty(), TablePatterns.NONE, Matcher.NONE, Matcher.NONE);

    private final long version;
    private final PersistentMap<Integer, Subscription> byLane;
    private final PersistentMap<UUID, Subscription> byId;
    private final TablePatterns tables;
    private final Matcher enabled;
    private final Matcher disabled;

    private Subscriptions(
            long version,
            PersistentMap<Integer, Subscription> byLane,
            PersistentMap<UUID, Subscription> byId,
            TablePatterns tables,
            Matcher enabled,
            Matcher disabled) {
        this.version = version;
        this.byLane = byLane;
        this.byId = byId;
        this.tables = tables;
        this.enabled = enabled;
        this.disabled = disabled;
    }

    public Subscriptions(long version, Collection<Subscription> subscriptions) {
        Subscriptions all = NONE.with(version, subscriptions, List.of());
        this(version, all.byLane, all.byId, all.tables, all.enabled, all.disabled);
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
        List<Matcher.Change> ofEnabled = new ArrayList<>();
        List<Matcher.Change> ofDisabled = new ArrayList<>();
        for (Subscription now : changed) {
            Subscription before = lanes.get(now.lane());
            if (before != null) {
                patterns = patterns.without(before);
            }
            patterns = patterns.with(now);
            lanes = lanes.with(now.lane(), now);
            ids = ids.with(now.id(), now);
            add(before, now, ofEnabled, ofDisabled);
        }
        for (Integer lane : gone) {
            Subscription before = lanes.get(lane);
            if (before != null) {
                patterns = patterns.without(before);
                lanes = lanes.without(lane);
                ids = ids.without(before.id());
                add(before, null, ofEnabled, ofDisabled);
            }
        }
        return new Subscriptions(nextVersion, lanes, ids, patterns, enabled.with(ofEnabled), disabled.with(ofDisabled));
    }

    private static void add(
            @Nullable Subscription before,
            @Nullable Subscription now,
            List<Matcher.Change> ofEnabled,
            List<Matcher.Change> ofDisabled) {
        boolean wasEnabled = before != null && before.isEnabled();
        boolean isEnabled = now != null && now.isEnabled();
        if (wasEnabled || isEnabled) {
            ofEnabled.add(new Matcher.Change(wasEnabled ? before : null, isEnabled ? now : null));
        }
        Subscription formerlyDisabled = wasEnabled ? null : before;
        Subscription nowDisabled = isEnabled ? null : now;
        if (formerlyDisabled != null || nowDisabled != null) {
            ofDisabled.add(new Matcher.Change(formerlyDisabled, nowDisabled));
        }
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

    /** Whether a subscription selects changes of this table, by their type alone. A disabled one misses them. */
    public boolean selectChangesOf(String schema, String table) {
        return tables.match(schema, table);
    }

    /**
     * The enabled subscriptions that select the event, in the order of their lanes. Its values are asked for only when there
     * are filters for its type.
     *
     * @param undecided receives the subscriptions whose filters are about a value that the event does not contain
     */
    public List<Subscription> wanting(IncomingEvent event, Undecided undecided) {
        if (event.recipient().isPresent()) {
            UUID only = event.recipient().get().subscription();
            return receives(only, event, undecided) ? withId(only).stream().toList() : List.of();
        }
        return enabled.selecting(event.type(), () -> values(event), undecided);
    }

    /** The disabled subscriptions that select the event, as for {@link #wanting}; none of an event with a recipient. */
    public List<Subscription> missing(IncomingEvent event, Undecided undecided) {
        return disabled.isEmpty() || event.recipient().isPresent()
                ? List.of()
                : disabled.selecting(event.type(), () -> values(event), undecided);
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
}
