package nexus.subscription;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import nexus.event.EventType;

/**
 * All subscriptions as they were at one version of the catalog: the matcher. Intake compares the version inside its
 * transaction, so that nothing is matched with an out-of-date one.
 */
public final class Subscriptions {
    /** Types remembered at most: types are few, but a publisher could make them up without end. */
    private static final int REMEMBERED_TYPES = 10_000;

    public static final Subscriptions NONE = new Subscriptions(0, List.of());

    private final long version;
    private final Map<Integer, Subscription> byLane;
    private final Map<EventType, List<Subscription>> matched = new ConcurrentHashMap<>();

    public Subscriptions(long version, Collection<Subscription> subscriptions) {
        this.version = version;
        this.byLane =
                subscriptions.stream().collect(Collectors.toUnmodifiableMap(Subscription::lane, Function.identity()));
    }

    public long version() {
        return version;
    }

    /** Those not deleted, enabled or not. */
    public Collection<Subscription> all() {
        return byLane.values();
    }

    /** Empty when it was deleted. */
    public Optional<Subscription> ofLane(int lane) {
        return Optional.ofNullable(byLane.get(lane));
    }

    public Optional<Subscription> withId(UUID id) {
        return byLane.values().stream()
                .filter(subscription -> subscription.id().equals(id))
                .findAny();
    }

    /** The subscriptions that select an event of this type, in the order of their lanes. */
    public List<Subscription> wanting(EventType type) {
        List<Subscription> known = matched.get(type);
        if (known != null) {
            return known;
        }
        List<Subscription> wanting = byLane.values().stream()
                .filter(subscription -> subscription.wants(type))
                .sorted(java.util.Comparator.comparingInt(Subscription::lane))
                .toList();
        if (matched.size() < REMEMBERED_TYPES) {
            matched.put(type, wanting);
        }
        return wanting;
    }
}
