package nexus.capture.catalog;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How the catalog described one object over time, oldest first. Transactions are compared by their ids: who began to
 * write before the description's transaction did saw the one before. Not thread-safe.
 */
final class Versions<T> {
    /** An object that is changed all the time loses its oldest descriptions. */
    private static final int MOST = 8;

    private final List<Seen<T>> all = new ArrayList<>(1);

    /** What one more look has changed. */
    enum Change {
        NONE,
        FIRST,
        ANOTHER
    }

    /** A description without a newer transaction (a row of the catalog is gone) takes the place of the newest one. */
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

    /** From the store, in any order; what is known already stays. */
    void restore(Seen<T> stored) {
        int place = 0;
        while (place < all.size() && Xid.precedes(all.get(place).sinceXid(), stored.sinceXid())) {
            place++;
        }
        if (place == all.size() || all.get(place).sinceXid() != stored.sinceXid()) {
            all.add(place, stored);
        }
    }

    /** For changes of this transaction; the oldest one for those before all. */
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
     * Descriptions before one that holds for so many transactions are of no use any more, and would be of harm once the
     * ids wrap around.
     *
     * @param xid a transaction of now
     * @return whether there were any
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

    /** From which transactions on another one counts. */
    List<Integer> thresholds() {
        return all.stream().skip(1).map(Seen::sinceXid).toList();
    }

    List<Seen<T>> all() {
        return all;
    }
}
