package nexus.intake;

import io.vertx.core.Future;
import io.vertx.pgclient.PgException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import nexus.event.IncomingEvent;
import org.jboss.logging.Logger;

/**
 * Finds those of a batch's events that the store refuses, by asking for halves of it. Each of them is reduced, and left
 * out when that is refused too; the others stay as they are.
 */
final class RefusedEvents {
    private static final Logger LOG = Logger.getLogger(RefusedEvents.class);

    private final Function<List<IncomingEvent>, Future<Boolean>> taken;
    private final String sqlState;

    /**
     * @param taken whether the store takes all of these
     * @param failure why it didn't take the batch
     */
    RefusedEvents(Function<List<IncomingEvent>, Future<Boolean>> taken, Throwable failure) {
        this.taken = taken;
        this.sqlState = failure instanceof PgException e ? e.getSqlState() : "-";
    }

    /** The events that the store takes, in their order. */
    Future<List<IncomingEvent>> reduced(List<IncomingEvent> events) {
        return taken.apply(events).compose(all -> {
            if (all) {
                return Future.succeededFuture(events);
            } else if (events.size() > 1) {
                int middle = events.size() / 2;
                return reduced(events.subList(0, middle))
                        .compose(first ->
                                reduced(events.subList(middle, events.size())).map(second -> together(first, second)));
            }
            return reduced(events.getFirst());
        });
    }

    private Future<List<IncomingEvent>> reduced(IncomingEvent event) {
        IncomingEvent less = event.reduced();
        return taken.apply(List.of(less)).map(isTaken -> {
            LOG.debugf(
                    "the store refuses an event id=%s type=%s sqlstate=%s done=%s",
                    event.id(), event.type(), sqlState, isTaken ? "reduced" : "left out");
            return isTaken ? List.of(less) : List.of();
        });
    }

    private static List<IncomingEvent> together(List<IncomingEvent> first, List<IncomingEvent> second) {
        List<IncomingEvent> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }
}
