package nexus.queue.packed;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import nexus.queue.owed.Unpacker;
import org.jboss.logging.Logger;

/**
 * Searches the store for packed rows and unpacks those of {@link PackedInMemory} that must be rows. A failed statement is
 * repeated until the term ends. Belongs to the backlog's event loop.
 */
public final class Unpacking {
    private static final Logger LOG = Logger.getLogger(Unpacking.class);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);
    private static final Future<Map<Integer, Long>> NOTHING = Future.succeededFuture(Map.of());

    private final Vertx vertx;
    private final Unpacker unpacker;
    private final PackedInMemory packed;
    private boolean pausing; // after a failure
    private boolean stopped;

    public Unpacking(Vertx vertx, Unpacker unpacker, PackedInMemory packed) {
        this.vertx = vertx;
        this.unpacker = unpacker;
        this.packed = packed;
    }

    public void stop() {
        stopped = true;
    }

    /**
     * Reads the packed rows of new lanes, which take nothing into memory before.
     *
     * @param oldestOpenByLane by lane, its oldest open position
     */
    public Future<Void> adopt(Map<Integer, Long> oldestOpenByLane) {
        Set<Integer> lanes = oldestOpenByLane.keySet();
        packed.beginSearch(lanes);
        return search(oldestOpenByLane).onSuccess(found -> packed.endSearch(lanes));
    }

    /**
     * Reads packed rows that may have been stored without a notification.
     *
     * @param oldestOpenByLane of all lanes
     */
    public Future<Void> poll(Map<Integer, Long> oldestOpenByLane) {
        Map<Integer, Long> searched = new HashMap<>(oldestOpenByLane);
        searched.keySet().retainAll(packed.wasLive());
        Future<Void> found = search(searched);
        packed.retireUnused(oldestOpenByLane.keySet());
        return found;
    }

    /** As {@link #poll}, in every lane. */
    public Future<Void> sweep(Map<Integer, Long> oldestOpenByLane) {
        return search(oldestOpenByLane);
    }

    private Future<Void> search(Map<Integer, Long> oldestOpenByLane) {
        if (oldestOpenByLane.isEmpty() || stopped) {
            return Future.succeededFuture();
        }
        return unpacker.of(oldestOpenByLane).transform(read -> {
            if (stopped) {
                return Future.succeededFuture();
            }
            if (read.failed()) {
                LOG.warnf("reading packed rows failed reason=%s", read.cause().getMessage());
                return pause().compose(later -> search(oldestOpenByLane));
            }
            packed.found(read.result());
            return Future.succeededFuture();
        });
    }

    /** Whether {@link #unpack} would unpack something now. */
    public boolean isDue() {
        return !stopped && !pausing && packed.isUnpackDue();
    }

    /**
     * Unpacks the packed rows that must be rows.
     *
     * @return by lane, the lowest seq that became a row; empty when there is nothing to unpack now
     */
    public Future<Map<Integer, Long>> unpack() {
        if (!isDue()) {
            return NOTHING;
        }
        return unpacker.unpack(packed.beginUnpacking()).transform(done -> {
            if (stopped) {
                return NOTHING;
            }
            if (done.failed()) {
                LOG.warnf(
                        "packed rows not unpacked, will try again reason=%s",
                        done.cause().getMessage());
                packed.failUnpacking();
                pausing = true;
                return pause().compose(later -> {
                    pausing = false;
                    return unpack();
                });
            }
            return Future.succeededFuture(packed.endUnpacking());
        });
    }

    private Future<?> pause() {
        return vertx.timer(AFTER_FAILURE.toMillis(), TimeUnit.MILLISECONDS);
    }
}
