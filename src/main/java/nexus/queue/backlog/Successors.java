package nexus.queue.backlog;

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
    private final Deliverer deliverer;
    private boolean stopped;

    Successors(StoredBacklog.Parts parts, LaneBacklogs lanes, Bodies bodies, OpenReads reads, Deliverer deliverer) {
        this.vertx = parts.vertx();
        this.queue = parts.queue();
        this.clock = parts.clock();
        this.lanes = lanes;
        this.bodies = bodies;
        this.reads = reads;
        this.deliverer = deliverer;
    }

    void stop() {
        stopped = true;
    }

    /** Asks the store for the next row of each of these keys; those that may start can be taken then. */
    void lookUp(Set<LaneKey> keys) {
        if (keys.isEmpty() || stopped) {
            return;
        }
        Map<Integer, LaneBacklog> asked = new HashMap<>();
        Set<LaneKey> begun = new HashSet<>();
        List<KeyCursor> cursors = new ArrayList<>();
        for (LaneKey key : keys) {
            LaneBacklog lane = lanes.of(key.lane());
            if (lane != null && lane.lookUp(key.key())) {
                asked.put(key.lane(), lane);
                begun.add(key);
                cursors.add(new KeyCursor(key.lane(), key.key(), lane.cursor.oldestOpen()));
            }
        }
        if (!cursors.isEmpty()) {
            ask(begun, asked, cursors);
        }
    }

    private void ask(Set<LaneKey> keys, Map<Integer, LaneBacklog> asked, List<KeyCursor> cursors) {
        Instant askedAt = clock.instant();
        OpenReads.Read read = reads.begin();
        queue.successors(cursors).onComplete(answer -> {
            reads.end(read);
            if (stopped) {
                return;
            }
            if (answer.failed()) {
                LOG.warnf("reading successors failed reason=%s", answer.cause().getMessage());
                vertx.setTimer(AFTER_FAILURE.toMillis(), later -> {
                    lookedUp(keys, asked);
                    lookUp(keys);
                });
                return;
            }
            Set<LaneKey> passed = lookedUp(keys, asked);
            Admission admission = new Admission(lanes, bodies, read, clock.instant());
            for (KeyQueue run : answer.result()) {
                LaneBacklog lane = lanes.of(run.lane());
                if (lane != null
                        && lane == asked.get(run.lane())
                        && lanes.owns(run.lane())
                        && admission.atFollower(lane, run.rows().getFirst())) {
                    lanes.started(lane, run, askedAt);
                    passed.remove(new LaneKey(run.lane(), run.key())); // it follows this one
                }
            }
            passed.addAll(admission.again());
            lookUp(passed);
            deliverer.turnSoon();
        });
    }

    /** @return keys of which a row was passed over since the look-up began */
    private static Set<LaneKey> lookedUp(Set<LaneKey> keys, Map<Integer, LaneBacklog> asked) {
        Set<LaneKey> passed = new HashSet<>();
        for (LaneKey key : keys) {
            LaneBacklog lane = asked.get(key.lane());
            if (lane != null && lane.lookedUp(key.key())) {
                passed.add(key);
            }
        }
        return passed;
    }
}
