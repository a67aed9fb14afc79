package nexus.capture.catalog;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The descriptions of one object over time, oldest first. A transaction with a lower id than that of a description used the
 * previous one. Not thread-safe.
 */
final class Versions<T> {
    /** An object that changes very often loses its oldest descriptions. */
    private static final int MOST = 8;

    private final List<Seen<T>> all = new ArrayList<>(1);

    /** The result of adding a description. */
    enum Change {
        NONE,
        FIRST,
        ANOTHER
    }

    /** A description without a newer transaction (a catalog row was deleted) replaces the newest one. */
    Change add(Seen<T> seen) {
        if (all.isEmpty()) {
            all.add(seen);
            return Change.FIRST;
        }
        Seen<T> newest = all.getLast();
        if (newest.description().equals(seen.description())) {
            return Change.NONE;
        }
        if (Xid.precedes(newest.sinceXid(), seen.sinceXid())) {
            all.add(seen);
            if (all.size() > MOST) {
                all.removeFirst();
            }
        } else {
            all.set(all.size() - 1, new Seen<>(seen.oid(), newest.sinceXid(), seen.description()));
        }
        return Change.ANOTHER;
    }

    /** Adds a description from the store, in any order. Known ones stay. */
    void restore(Seen<T> stored) {
        int place = 0;
        while (place < all.size() && Xid.precedes(all.get(place).sinceXid(), stored.sinceXid())) {
            place++;
        }
        if (place == all.size() || all.get(place).sinceXid() != stored.sinceXid()) {
            all.add(place, stored);
        }
    }

    /** The description for changes of this transaction; the oldest one for transactions before all of them. */
    Optional<Seen<T>> at(int xid) {
        Optional<Seen<T>> found = all.isEmpty() ? Optional.empty() : Optional.of(all.getFirst());
        for (Seen<T> version : all) {
            if (!Xid.precedes(xid, version.sinceXid())) {
                found = Optional.of(version);
            }
        }
        return found;
    }

    /**
     * Removes descriptions that were replaced many transactions ago. They are not needed any more, and would be wrong once the
     * ids wrap around.
     *
     * @param xid a current transaction
     * @return whether any was removed
     */
    boolean forgetPast(int xid) {
        int before = all.size();
        while (all.size() > 1 && Xid.isLongBefore(all.get(1).sinceXid(), xid)) {
            all.removeFirst();
        }
        return all.size() < before;
    }

    Seen<T> newest() {
        return all.getLast();
    }

    /** The transaction from which on another description counts. */
    List<Integer> thresholds() {
        return all.stream().skip(1).map(Seen::sinceXid).toList();
    }

    List<Seen<T>> all() {
        return all;
    }
}
