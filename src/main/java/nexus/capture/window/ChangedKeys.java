package nexus.capture.window;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import nexus.event.Ordering;

/**
 * The keys of a table that the stream has changed, each with the last transaction that did, and the transactions that
 * changed more than single keys. Bounded: a transaction whose keys do not fit counts as one that changed all rows. Used by
 * the reader's thread.
 */
final class ChangedKeys {
    private static final int MOST_KEYS = 50_000;
    private static final int MOST_TRANSACTIONS = 50_000;

    private final Map<Long, Integer> lastChange = new HashMap<>();
    private final Set<Integer> ofAllRows = new HashSet<>();
    private volatile boolean isLost; // also read by the backfill

    void add(Ordering ordering, int xid) {
        switch (ordering) {
            case Ordering.Key key -> add(key.hash(), xid);
            case Ordering.TwoKeys two -> {
                add(two.hash(), xid);
                add(two.otherHash(), xid);
            }
            case Ordering.None _ -> addAllRows(xid);
            case Ordering.Barrier _ -> addAllRows(xid);
        }
    }

    private void add(long hash, int xid) {
        if (lastChange.size() < MOST_KEYS || lastChange.containsKey(hash)) {
            lastChange.put(hash, xid);
        } else {
            addAllRows(xid);
        }
    }

    void addAllRows(int xid) {
        if (ofAllRows.size() < MOST_TRANSACTIONS) {
            ofAllRows.add(xid);
        } else {
            isLost = isLost || !ofAllRows.contains(xid);
        }
    }

    /** Whether more has changed than can be remembered, so that a new window must be opened. */
    boolean isLost() {
        return isLost;
    }

    /** Whether any row may have been changed by a transaction that a query did not see. */
    boolean isAnyRowChangedUnseen(SeenTransactions seen) {
        return ofAllRows.stream().anyMatch(xid -> !seen.sees(xid));
    }

    /** Whether a row has been changed by a transaction that a query did not see. */
    boolean isChangedUnseen(long hash, SeenTransactions seen) {
        Integer xid = lastChange.get(hash);
        return xid != null && !seen.sees(xid);
    }

    /** Forgets the changes that a query saw, because every later query sees them as well. */
    void forget(SeenTransactions seen) {
        lastChange.values().removeIf(seen::sees);
        ofAllRows.removeIf(seen::sees);
    }
}
