package nexus.dispatch;

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
import nexus.queue.owed.KeyRun;
import nexus.queue.owed.OwedDelivery;
import nexus.queue.owed.OwedQueue;
import nexus.queue.owed.OwedQueue.LaneKey;
import org.jboss.logging.Logger;

/** Finds the next row of a key whose turn has come: from its chain in memory, or in the store. */
final class Successors {
    private static final Logger LOG = Logger.getLogger(Successors.class);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

    private final Vertx vertx;
    private final OwedQueue queue;
    private final Clock clock;
    private final Lanes lanes;
    private final OpenReads reads;
    private final DeliverySending sending;
    private final Runnable found;

    private final List<OwedDelivery> following = new ArrayList<>(); // started; their requests are made together
    private boolean stopped;

    /** @param found told when a look-up is over: there may be room again, and something to read */
    Successors(DispatchTools tools, Lanes lanes, OpenReads reads, DeliverySending sending, Runnable found) {
        this.vertx = tools.vertx();
        this.queue = tools.queue();
        this.clock = tools.clock();
        this.lanes = lanes;
        this.reads = reads;
        this.sending = sending;
        this.found = found;
    }

    void stop() {
        stopped = true;
    }

    /** Its 2xx is in memory: the next of its key may go, if it is known, before this one is written down. */
    void delivered(OwedDelivery row) {
        Lane lane = lanes.of(row.lane());
        if (lane == null) {
            return;
        }
        lane.delivered(row);
        if (!lane.remembersBehind(row)) {
            return;
        }
        Instant now = clock.instant();
        if (stopped || !lane.takesFollower(now) || lanes.room(lane, now) <= 0) {
            lane.forgetBehind(row);
            return;
        }
        KeyChains.Follower next = lanes.follower(lane, row, now);
        if (next == null) {
            return;
        }
        lanes.start(lane, next.row(), !next.isWhole(), now);
        following.add(next.row());
        if (following.size() == 1) {
            vertx.runOnContext(ignored -> {
                List<OwedDelivery> started = List.copyOf(following);
                following.clear();
                sending.add(started);
            });
        }
    }

    /** Asks the store for the next row of each of these keys and starts what may start. */
    void lookUp(Set<LaneKey> keys) {
        if (keys.isEmpty() || stopped) {
            return;
        }
        lanes.reserve(keys);
        Map<Integer, Lane> asked = new HashMap<>();
        List<KeyCursor> cursors = new ArrayList<>();
        for (LaneKey key : keys) {
            Lane lane = lanes.of(key.lane());
            if (lane != null) {
                asked.put(key.lane(), lane);
                lane.lookUp(key.key());
                cursors.add(new KeyCursor(key.lane(), key.key(), lane.cursor.low()));
            }
        }
        Instant askedAt = clock.instant();
        OpenReads.Read read = reads.begin();
        queue.successors(cursors).onComplete(answer -> {
            reads.end(read);
            lanes.unreserve(keys);
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
            Admission admission = new Admission(lanes, read, clock.instant());
            for (KeyRun run : answer.result()) {
                Lane lane = lanes.of(run.lane());
                if (lane != null
                        && lane == asked.get(run.lane())
                        && lanes.owns(run.lane())
                        && admission.atFollower(lane, run.rows().getFirst())) {
                    lanes.runStarted(lane, run, askedAt);
                    passed.remove(new LaneKey(run.lane(), run.key())); // its turn comes through this one
                }
            }
            sending.add(admission.started());
            passed.addAll(admission.again());
            lookUp(passed);
            found.run();
        });
    }

    /** @return keys of which a row was passed over since the look-up began */
    private static Set<LaneKey> lookedUp(Set<LaneKey> keys, Map<Integer, Lane> asked) {
        Set<LaneKey> passed = new HashSet<>();
        for (LaneKey key : keys) {
            Lane lane = asked.get(key.lane());
            if (lane != null && lane.lookedUp(key.key())) {
                passed.add(key);
            }
        }
        return passed;
    }
}
