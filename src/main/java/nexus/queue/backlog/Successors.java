package nexus.queue.backlog;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import nexus.queue.body.Bodies;
import nexus.queue.owed.KeyCursor;
import nexus.queue.owed.KeyQueue;
import nexus.queue.owed.OwedQueue.LaneKey;
import nexus.queue.owed.OwedReads;
import nexus.queue.position.OpenReads;
import org.jboss.logging.Logger;

/** Reads the next delivery of a key that may start. Belongs to the backlog's event loop. */
final class Successors {
    private static final Logger LOG = Logger.getLogger(Successors.class);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

    private final Vertx vertx;
    private final OwedReads queue;
    private final Clock clock;
    private final LaneBacklogs lanes;
    private final Bodies bodies;
    private final OpenReads reads;
    private boolean stopped;

    /**
     * Keys whose next row is to be read. They are busy until {@link #read} has ended.
     *
     * @param lanes by number, as they were when the look-up began
     */
    record LookUp(Set<LaneKey> keys, Map<Integer, LaneBacklog> lanes, List<KeyCursor> cursors) {
        static final LookUp NONE = new LookUp(Set.of(), Map.of(), List.of());

        boolean isEmpty() {
            return keys.isEmpty();
        }
    }

    Successors(StoredBacklog.Parts parts, LaneBacklogs lanes, Bodies bodies, OpenReads reads) {
        this.vertx = parts.vertx();
        this.queue = parts.queue();
        this.clock = parts.clock();
        this.lanes = lanes;
        this.bodies = bodies;
        this.reads = reads;
    }

    void stop() {
        stopped = true;
    }

    /** Begins to look up these keys, except those that are being looked up. */
    LookUp begin(Set<LaneKey> keys) {
        if (keys.isEmpty() || stopped) {
            return LookUp.NONE;
        }
        Map<Integer, LaneBacklog> asked = new HashMap<>();
        Set<LaneKey> begun = new HashSet<>();
        List<KeyCursor> cursors = new ArrayList<>();
        for (LaneKey key : keys) {
            LaneBacklog lane = lanes.of(key.lane());
            if (lane != null && lane.lookUp(key.key())) {
                asked.put(key.lane(), lane);
                begun.add(key);
                cursors.add(new KeyCursor(key.lane(), key.key(), lane.longestKeyQueue(), lane.cursor.oldestOpen()));
            }
        }
        return new LookUp(begun, asked, cursors);
    }

    /**
     * Reads the next row of each of these keys; those that may start can be taken then.
     *
     * @return keys that must be looked up next
     */
    Future<LookUp> read(LookUp lookUp) {
        Instant askedAt = clock.instant();
        OpenReads.Read read = reads.begin();
        return queue.successors(lookUp.cursors()).transform(answer -> {
            reads.end(read);
            if (stopped) {
                return Future.succeededFuture(LookUp.NONE);
            }
            if (answer.failed()) {
                LOG.warnf("reading successors failed reason=%s", answer.cause().getMessage());
                return vertx.timer(AFTER_FAILURE.toMillis(), TimeUnit.MILLISECONDS)
                        .map(later -> {
                            end(lookUp);
                            return begin(lookUp.keys());
                        });
            }
            return Future.succeededFuture(sort(lookUp, answer.result(), read, askedAt));
        });
    }

    private LookUp sort(LookUp lookUp, List<KeyQueue> found, OpenReads.Read read, Instant askedAt) {
        Set<LaneKey> next = end(lookUp);
        Admission admission = new Admission(lanes, bodies, read, clock.instant());
        for (KeyQueue queued : found) {
            LaneBacklog lane = lanes.of(queued.lane());
            if (lane != null
                    && lane == lookUp.lanes().get(queued.lane())
                    && lanes.owns(queued.lane())
                    && admission.atFollower(lane, queued.rows().getFirst())) {
                lanes.started(lane, queued, askedAt);
                next.remove(new LaneKey(queued.lane(), queued.key())); // it follows this one
            }
        }
        next.addAll(admission.again());
        return begin(next);
    }

    /** @return keys of which a row was skipped since the look-up began */
    private static Set<LaneKey> end(LookUp lookUp) {
        Set<LaneKey> skipped = new HashSet<>();
        for (LaneKey key : lookUp.keys()) {
            LaneBacklog lane = lookUp.lanes().get(key.lane());
            if (lane != null && lane.lookedUp(key.key())) {
                skipped.add(key);
            }
        }
        return skipped;
    }
}
