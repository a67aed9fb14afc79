package nexus.intake;

import io.vertx.core.Future;
import io.vertx.pgclient.PgException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import nexus.event.EventType;
import nexus.event.IncomingEvent;

/**
 * Finds the events of a batch that the store refuses, by bisection. Each of them is reduced, and left out if its
 * reduced form is refused too; the others stay unchanged.
 */
final class RefusedEvents {
    private final Function<List<IncomingEvent>, Future<Boolean>> taken;
    private final List<EventType> reduced = new ArrayList<>();
    private final List<IncomingEvent> leftOut = new ArrayList<>();

    /** @param taken tests whether the store accepts all of these */
    RefusedEvents(Function<List<IncomingEvent>, Future<Boolean>> taken) {
        this.taken = taken;
    }

    /**
     * The result of the search.
     *
     * @param failure why the store refused the batch
     */
    EventRefusal found(Throwable failure) {
        return new EventRefusal(
                reduced, leftOut.stream().map(IncomingEvent::type).toList(), reason(failure));
    }

    /** The events that the store refuses in any form. */
    List<IncomingEvent> leftOut() {
        return leftOut;
    }

    /** The reason, without the error's message, which may contain a value. */
    private static String reason(Throwable failure) {
        if (!(failure instanceof PgException e)) {
            return "the store failed";
        }
        return "SQLSTATE " + e.getSqlState() + (e.getConstraint() == null ? "" : " constraint " + e.getConstraint());
    }

    /** The events that the store accepts, in their order. */
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
            if (isTaken) {
                reduced.add(event.type());
            } else {
                leftOut.add(event);
            }
            return isTaken ? List.of(less) : List.of();
        });
    }

    private static List<IncomingEvent> together(List<IncomingEvent> first, List<IncomingEvent> second) {
        List<IncomingEvent> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }
}
