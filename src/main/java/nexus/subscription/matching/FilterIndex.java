package nexus.subscription.matching;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import nexus.filter.Equality;
import nexus.filter.Filter;
import nexus.filter.Path;
import nexus.filter.Truth;
import nexus.subscription.Subscription;
import nexus.value.Value;

/**
 * The filtered subscriptions of a group. Each has a place: under the values that one of its equality conditions accepts,
 * so that only those are tested that accept the event's value; or in the rest, which is tested for every event. Immutable.
 *
 * @param branches one for each path that subscriptions are placed under
 * @param places by lane; the path of the place, empty in the rest
 */
record FilterIndex(
        PersistentMap<Path, Branch> branches,
        List<Subscription> rest,
        PersistentMap<Integer, Optional<Equality>> places) {
    static final FilterIndex EMPTY = new FilterIndex(PersistentMap.empty(), List.of(), PersistentMap.empty());

    /** A condition that accepts more values has no place of its own under each of them. */
    private static final int MOST_VALUES = 64;

    private static final Object NULL = new Object();
    /** Nobody accepts it. */
    private static final Object NOTHING = new Object();

    private static final String OLD_RECORD = "old_record";

    boolean isEmpty() {
        return places.isEmpty();
    }

    /**
     * The subscriptions placed under one path.
     *
     * @param byValue under each accepted value, in any order
     * @param lanes of all of them
     */
    record Branch(PersistentMap<Object, List<Subscription>> byValue, PersistentMap<Integer, Subscription> lanes) {
        /** Above this number, they are all undecided where the value is unknown; up to it, each is asked. */
        private static final int FEW = 64;

        static final Branch EMPTY = new Branch(PersistentMap.empty(), PersistentMap.empty());

        private Branch with(Subscription added, Equality place) {
            PersistentMap<Object, List<Subscription>> more = byValue;
            for (Value value : place.values()) {
                Object key = key(value);
                List<Subscription> known = more.get(key);
                more = more.with(key, known == null ? List.of(added) : Lanes.with(known, added));
            }
            return new Branch(more, lanes.with(added.lane(), added));
        }

        private Branch without(Subscription removed, Equality place) {
            PersistentMap<Object, List<Subscription>> fewer = byValue;
            for (Value value : place.values()) {
                Object key = key(value);
                List<Subscription> known = fewer.get(key);
                List<Subscription> left = known == null ? List.of() : Lanes.without(known, removed);
                fewer = left.isEmpty() ? fewer.without(key) : fewer.with(key, left);
            }
            return new Branch(fewer, lanes.without(removed.lane()));
        }

        /** How many others would be tested with it, at most. */
        private int crowd(Equality place) {
            int most = 0;
            for (Value value : place.values()) {
                List<Subscription> known = byValue.get(key(value));
                most = Math.max(most, known == null ? 0 : known.size());
            }
            return most;
        }
    }

    /** The filter of the subscription is there. */
    FilterIndex with(Subscription added) {
        Optional<Equality> place = place(filter(added));
        PersistentMap<Integer, Optional<Equality>> placed = places.with(added.lane(), place);
        if (place.isEmpty()) {
            return new FilterIndex(branches, Lanes.with(rest, added), placed);
        }
        Path path = place.get().path();
        return new FilterIndex(branches.with(path, branch(path).with(added, place.get())), rest, placed);
    }

    FilterIndex without(Subscription removed) {
        Optional<Equality> place = places.get(removed.lane());
        if (place == null) {
            return this;
        }
        PersistentMap<Integer, Optional<Equality>> placed = places.without(removed.lane());
        if (place.isEmpty()) {
            return new FilterIndex(branches, Lanes.without(rest, removed), placed);
        }
        Path path = place.get().path();
        Branch left = branch(path).without(removed, place.get());
        return new FilterIndex(left.lanes.isEmpty() ? branches.without(path) : branches.with(path, left), rest, placed);
    }

    private Branch branch(Path path) {
        Branch known = branches.get(path);
        return known == null ? Branch.EMPTY : known;
    }

    /** Where the fewest others are; of several, on a path that is looked at anyway, and not on an old value. */
    private Optional<Equality> place(Filter filter) {
        Equality best = null;
        long lowest = Long.MAX_VALUE;
        for (Equality equality : filter.equalities()) {
            if (equality.values().size() <= MOST_VALUES) {
                boolean isOld = equality.path().names().contains(OLD_RECORD);
                boolean isNew = branches.get(equality.path()) == null;
                long cost = 4L * branch(equality.path()).crowd(equality) + (isOld ? 2 : 0) + (isNew ? 1 : 0);
                if (cost < lowest) {
                    lowest = cost;
                    best = equality;
                }
            }
        }
        return Optional.ofNullable(best);
    }

    /**
     * Finds the subscriptions whose filters match.
     *
     * @param undecided receives those whose filters are about a value that the event does not contain
     */
    void match(Value.Fields event, Consumer<Subscription> matching, Undecided undecided) {
        branches.forEach((path, branch) -> {
            Value value = path.in(event);
            if (!(value instanceof Value.Unknown)) {
                accepting(branch, value).forEach(one -> test(one, event, matching, undecided));
            } else if (branch.lanes.size() > Branch.FEW) {
                undecided.addAll(branch);
            } else {
                branch.lanes.forEach((lane, one) -> test(one, event, matching, undecided));
            }
        });
        for (int i = 0; i < rest.size(); i++) {
            test(rest.get(i), event, matching, undecided);
        }
    }

    /** Those that accept the value, or one in it, each once. */
    private static Iterable<Subscription> accepting(Branch branch, Value value) {
        if (!(value instanceof Value.Items items)) {
            List<Subscription> found = branch.byValue.get(key(value));
            return found == null ? List.of() : found;
        }
        List<Subscription> all = new ArrayList<>();
        Set<Integer> lanes = new HashSet<>();
        for (Value item : items.values()) {
            List<Subscription> found = branch.byValue.get(key(item));
            if (found != null && key(item) != NULL) { // null in an array does not count
                found.stream().filter(one -> lanes.add(one.lane())).forEach(all::add);
            }
        }
        return all;
    }

    private static void test(
            Subscription subscription, Value.Fields event, Consumer<Subscription> matching, Undecided undecided) {
        switch (test(filter(subscription), event)) {
            case TRUE -> matching.accept(subscription);
            case UNKNOWN -> undecided.add(subscription);
            case FALSE -> {}
        }
    }

    /** One filter must not stop the events of the others. */
    private static Truth test(Filter filter, Value.Fields event) {
        try {
            return filter.test(event);
        } catch (RuntimeException | StackOverflowError e) {
            return Truth.UNKNOWN;
        }
    }

    private static Filter filter(Subscription subscription) {
        return subscription.selection().filter().orElseThrow();
    }

    /**
     * The same for equal values. An old row that the WAL does not hold may count as null, so an object is looked up as
     * null: the filter decides.
     */
    private static Object key(Value value) {
        return switch (value) {
            case Value.Text text -> text.value();
            case Value.Num num -> num.number();
            case Value.Bool bool -> bool.value();
            case Value.Null none -> NULL;
            case Value.Fields fields -> NULL;
            case Value.Items items -> NOTHING;
            case Value.Missing missing -> NOTHING;
            case Value.Unknown unknown -> NOTHING;
        };
    }
}
