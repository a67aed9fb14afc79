package nexus.queue.backlog;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;
import nexus.queue.order.Waiting;
import nexus.queue.owed.OwedBody;
import nexus.queue.owed.OwedDelivery;
import nexus.queue.owed.OwedReads;
import nexus.queue.owed.Ready;
import org.jboss.logging.Logger;

/**
 * Reads the bodies of deliveries under the memory budget: first for those with room, then, in half of the memory, for those
 * that wait for room. Belongs to the backlog's event loop.
 */
final class Bodies {
    private static final Logger LOG = Logger.getLogger(Bodies.class);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

    private final Vertx vertx;
    private final OwedReads queue;
    private final BacklogMeters meters;
    private final long memory;
    private final BodyBudget budget;
    private final Deque<Waiting> wanted = new ArrayDeque<>(); // with room for their requests, but not for their bodies
    private final List<Waiting> soon = new ArrayList<>(); // they wait for room
    private boolean stopped;

    Bodies(Vertx vertx, OwedReads queue, BacklogMeters meters, long memory) {
        this.vertx = vertx;
        this.queue = queue;
        this.meters = meters;
        this.memory = memory;
        this.budget = new BodyBudget(memory);
    }

    void stop() {
        stopped = true;
        wanted.clear();
        soon.clear();
        meters.bodies(0, 0);
    }

    /** Keeps a body that arrived with the delivery, if it fits, so that it need not be read. */
    void keep(Waiting waiting, Ready fresh) {
        if (waiting.ready() == null && reserve(waiting)) {
            waiting.arrived(fresh);
        }
    }

    /** Adds a delivery that waits for room for its request. */
    void soon(Waiting waiting) {
        soon.add(waiting);
    }

    /** Adds a delivery with room for its request. */
    void want(Waiting waiting) {
        if (!waiting.hasRoomForBody()) {
            wanted.add(waiting);
        }
    }

    /** Uses half of the memory, and leaves the other half to deliveries with room for their requests. */
    private boolean reserve(Waiting waiting) {
        OwedDelivery row = waiting.row();
        boolean fits =
                !waiting.hasRoomForBody() && budget.used() < memory / 2 && budget.take(row.lane(), row.bodyBytes());
        if (fits) {
            waiting.reserveBody();
        }
        return fits;
    }

    /** Removes a delivery from memory. */
    void forget(Waiting waiting) {
        if (waiting.hasRoomForBody()) {
            giveBack(waiting.row());
        }
    }

    /** Releases the body of a completed request. */
    void giveBack(OwedDelivery row) {
        budget.giveBack(row.lane(), row.bodyBytes());
    }

    /** Whether a body waits for memory that may have become free. */
    boolean isShort() {
        return !wanted.isEmpty();
    }

    /**
     * Reads the bodies that were requested since the last call, as far as there is memory.
     *
     * @param arrived receives each delivery with a loaded body; returns whether it may be taken now
     * @param takeable called when one may be taken
     */
    void read(Predicate<Waiting> arrived, Runnable takeable) {
        List<Waiting> fitting = new ArrayList<>();
        for (Iterator<Waiting> all = wanted.iterator(); all.hasNext(); ) {
            Waiting next = all.next();
            if (next.isDropped()) {
                all.remove();
            } else if (budget.take(next.row().lane(), next.row().bodyBytes())) {
                all.remove();
                next.reserveBody();
                fitting.add(next);
            }
        }
        for (Waiting waiting : soon) {
            if (!waiting.isDropped() && reserve(waiting)) {
                fitting.add(waiting);
            }
        }
        soon.clear();
        meters.bodies(wanted.size(), budget.used());
        if (!fitting.isEmpty()) {
            fetch(fitting, arrived, takeable);
        }
    }

    private void fetch(List<Waiting> fitting, Predicate<Waiting> arrived, Runnable takeable) {
        List<OwedDelivery> rows = fitting.stream().map(Waiting::row).toList();
        queue.bodies(rows).onComplete(read -> {
            if (stopped) {
                return;
            }
            if (read.failed()) {
                LOG.warnf("reading bodies failed reason=%s", read.cause().getMessage());
                vertx.setTimer(AFTER_FAILURE.toMillis(), later -> fetch(fitting, arrived, takeable));
                return;
            }
            Map<UUID, OwedBody> bodies = read.result();
            boolean isTakeable = false;
            for (Waiting waiting : fitting) {
                if (!waiting.isDropped()) {
                    waiting.arrived(
                            new Ready(waiting.row(), bodies.get(waiting.row().eventId())));
                    isTakeable |= arrived.test(waiting);
                }
            }
            if (isTakeable) {
                takeable.run();
            }
        });
    }
}
