package nexus.queue.body;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import nexus.queue.order.Batching;
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
public final class Bodies implements Batching.Memory {
    private static final Logger LOG = Logger.getLogger(Bodies.class);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

    private final Vertx vertx;
    private final OwedReads queue;
    private final long memory;
    private final BodyBudget budget;
    private final Deque<Waiting> wanted = new ArrayDeque<>(); // with room for their requests, but not for their bodies
    private final List<Waiting> reserved = new ArrayList<>(); // with room for their requests and for their bodies
    private final List<Waiting> soon = new ArrayList<>(); // they wait for room
    private boolean stopped;

    public Bodies(Vertx vertx, OwedReads queue, long memory) {
        this.vertx = vertx;
        this.queue = queue;
        this.memory = memory;
        this.budget = new BodyBudget(memory);
    }

    /** Ends the term. */
    public void stop() {
        stopped = true;
        wanted.clear();
        reserved.clear();
        soon.clear();
    }

    /** Keeps a body that arrived with the delivery, if it fits, so that it need not be read. */
    public void keep(Waiting waiting, Ready fresh) {
        if (waiting.ready() == null && reserveSoon(waiting)) {
            waiting.arrived(fresh);
        }
    }

    /** Adds a delivery that waits for room for its request. */
    public void soon(Waiting waiting) {
        soon.add(waiting);
    }

    /** Adds a delivery with room for its request. */
    public void want(Waiting waiting) {
        if (!waiting.hasRoomForBody()) {
            wanted.add(waiting);
        }
    }

    /** Reserves memory for the body of a delivery with room for its request; it is read next. */
    @Override
    public boolean reserve(Waiting waiting) {
        OwedDelivery row = waiting.row();
        if (waiting.hasRoomForBody()) {
            return true;
        }
        if (!budget.take(row.lane(), row.bodyBytes())) {
            return false;
        }
        waiting.reserveBody();
        reserved.add(waiting);
        return true;
    }

    @Override
    public boolean fits(List<Waiting> waiting) {
        List<OwedDelivery> rows = waiting.stream()
                .filter(one -> !one.hasRoomForBody())
                .map(Waiting::row)
                .toList();
        return rows.isEmpty()
                || budget.fits(
                        rows.getFirst().lane(),
                        rows.stream().mapToInt(OwedDelivery::bodyBytes).toArray());
    }

    /** Uses half of the memory, and leaves the other half to deliveries with room for their requests. */
    private boolean reserveSoon(Waiting waiting) {
        OwedDelivery row = waiting.row();
        boolean fits =
                !waiting.hasRoomForBody() && budget.used() < memory / 2 && budget.take(row.lane(), row.bodyBytes());
        if (fits) {
            waiting.reserveBody();
        }
        return fits;
    }

    /** Removes a delivery from memory. */
    public void forget(Waiting waiting) {
        if (waiting.hasRoomForBody()) {
            giveBack(waiting.row());
        }
    }

    /** Releases the body of a completed request. */
    public void giveBack(OwedDelivery row) {
        budget.giveBack(row.lane(), row.bodyBytes());
    }

    /** Deliveries that wait for memory for their bodies. */
    public int waiting() {
        return wanted.size();
    }

    /** The memory for bodies that are read or being read. */
    public long bytes() {
        return budget.used();
    }

    /**
     * Begins to read the bodies that were requested since the last call, as far as there is memory.
     *
     * @return the deliveries with a loaded body, except those that were dropped meanwhile; empty when nothing is read. A failed
     *     read is repeated until the term ends.
     */
    public Optional<Future<List<Waiting>>> read() {
        List<Waiting> fitting = new ArrayList<>();
        for (Waiting waiting : reserved) {
            if (!waiting.isDropped()) {
                fitting.add(waiting);
            }
        }
        reserved.clear();
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
            if (!waiting.isDropped() && reserveSoon(waiting)) {
                fitting.add(waiting);
            }
        }
        soon.clear();
        return fitting.isEmpty() ? Optional.empty() : Optional.of(fetch(fitting));
    }

    private Future<List<Waiting>> fetch(List<Waiting> fitting) {
        List<OwedDelivery> rows = fitting.stream().map(Waiting::row).toList();
        return queue.bodies(rows).transform(read -> {
            if (stopped) {
                return Future.succeededFuture(List.of());
            }
            if (read.failed()) {
                LOG.warnf("reading bodies failed reason=%s", read.cause().getMessage());
                return vertx.timer(AFTER_FAILURE.toMillis(), TimeUnit.MILLISECONDS)
                        .compose(later -> stopped ? Future.succeededFuture(List.of()) : fetch(fitting));
            }
            return Future.succeededFuture(load(fitting, read.result()));
        });
    }

    private static List<Waiting> load(List<Waiting> fitting, Map<UUID, OwedBody> bodies) {
        List<Waiting> loaded = new ArrayList<>();
        for (Waiting waiting : fitting) {
            if (!waiting.isDropped()) {
                waiting.arrived(
                        new Ready(waiting.row(), bodies.get(waiting.row().eventId())));
                loaded.add(waiting);
            }
        }
        return loaded;
    }
}
