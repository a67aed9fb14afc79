package nexus.capture.window;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import nexus.event.IncomingEvent;
import nexus.event.Ordering;
import org.jboss.logging.Logger;

/**
 * Records the changes of one table while a backfill reads it. It opens before the first row is read and lasts as long as
 * the stream. Used by the reader's thread.
 */
public final class Window {
    private static final Logger LOG = Logger.getLogger(Window.class);

    private final String scope;
    private final Predicate<IncomingEvent> isReceived;
    private final Set<Integer> relations = ConcurrentHashMap.newKeySet();
    private final ChangedKeys changed = new ChangedKeys();

    /**
     * @param scope {@code schema.table} of the topmost partitioned table
     * @param isReceived whether the recipient of the rows also receives a change. If it does not, a row that was read
     *     before the change is its newest state for this recipient
     */
    public Window(String scope, Predicate<IncomingEvent> isReceived) {
        this.scope = scope;
        this.isReceived = isReceived;
    }

    /** The table under which the rows are sent. */
    public String scope() {
        return scope;
    }

    /** Called before the rows of a relation are read: its changes concern the window, whatever its name becomes. */
    public void reads(int relation) {
        relations.add(relation);
    }

    /**
     * Records a change, in the order of the stream.
     *
     * @param relation its object id
     */
    public void record(String ofScope, int relation, IncomingEvent event, int xid) {
        if (scope.equals(ofScope)) {
            if (isReceived(event)) {
                changed.add(event.ordering(), xid);
            }
        } else if (relations.contains(relation)) { // it was renamed, so its rows have other keys now
            changed.addAllRows(xid);
        }
    }

    private boolean isReceived(IncomingEvent event) {
        try {
            return isReceived.test(event);
        } catch (RuntimeException | StackOverflowError e) { // a change must arrive whatever its values are
            LOG.debugf(e, "a change of a table that is being read could not be matched");
            return true;
        }
    }

    /** Whether the rows of a query have to be read again, because some change cannot be assigned to a row. */
    public boolean isOutdated(SeenTransactions seen) {
        return changed.isLost() || changed.isAnyRowChangedUnseen(seen);
    }

    /** Whether the window can no longer decide, and another one has to be opened. */
    public boolean isLost() {
        return changed.isLost();
    }

    /** Whether a newer state of a row is in the stream already. */
    public boolean isReplaced(Ordering ordering, SeenTransactions seen) {
        return ordering instanceof Ordering.Key key && changed.isChangedUnseen(key.hash(), seen);
    }

    /** Forgets what no later query can miss. */
    public void forget(SeenTransactions seen) {
        changed.forget(seen);
    }
}
