package nexus.dispatch;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.random.RandomGenerator;
import nexus.event.EventId;
import nexus.queue.DeliveryLease;
import nexus.queue.DueCursor;
import nexus.queue.Outcome;
import nexus.queue.OwedBody;
import nexus.queue.OwedDelivery;
import nexus.queue.OwedQueue;
import nexus.queue.OwedQueue.LaneKey;
import nexus.queue.OwedRows;
import nexus.queue.StripeCursor;
import nexus.subscription.Subscription;
import nexus.subscription.SubscriptionCatalog;
import nexus.subscription.SubscriptionRepository;
import nexus.subscription.Subscriptions;
import nexus.webhook.SendResult;
import nexus.webhook.WebhookRequest;
import nexus.webhook.WebhookSender;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Delivering, from taking the lease to losing it. Everything here happens on one event loop; a new term starts with
 * nothing remembered and reads the store again.
 *
 * <p>A turn reads for the lanes that have unread rows and room, in turns over the lanes; what may start gets its body,
 * then its request; outcomes go to the writer, and what is written makes room and frees keys, which wakes the next turn.
 */
final class DispatchTerm {
    private static final Logger LOG = Logger.getLogger(DispatchTerm.class);
    private static final int LANES_PER_READ = 64;
    private static final int OLDEST_PER_READ = 500;
    private static final int GONE = 410;
    private static final Duration DISABLING = Duration.ofSeconds(30);

    private final Vertx vertx;
    private final OwedQueue queue;
    private final DeliveryLease lease;
    private final SubscriptionCatalog catalog;
    private final SubscriptionRepository subscriptions;
    private final WebhookSender sender;
    private final DeliveryPolicies policies;
    private final DispatchMeters meters;
    private final DeliveryConfig config;
    private final Clock clock;
    private final RandomGenerator random;
    private final OutcomeWriter writer;

    private final LinkedHashMap<Integer, Lane> lanes = new LinkedHashMap<>();
    private final Set<Integer> clearing = new HashSet<>();
    private final Deque<OwedDelivery> withoutBody = new ArrayDeque<>();
    private final Set<Long> underWay = new HashSet<>(); // seqs, unique over all lanes
    private long bodyBytes;
    private boolean reading;
    private boolean turnComing;
    private boolean draining;
    private boolean closed;
    private long wakeTimer = -1;
    private @Nullable Instant wakeAt;

    DispatchTerm(DispatchTools tools, DeliveryLease.Term term) {
        this.vertx = tools.vertx();
        this.queue = tools.queue();
        this.lease = tools.lease();
        this.catalog = tools.catalog();
        this.subscriptions = tools.subscriptions();
        this.sender = tools.sender();
        this.policies = new DeliveryPolicies(tools.config());
        this.meters = tools.meters();
        this.config = tools.config();
        this.clock = tools.clock();
        this.random = tools.random();
        this.writer = new OutcomeWriter(vertx, tools.settlement(), term, this::written);
    }

    /** Reads what is owed, and goes on from there. */
    void start() {
        adopt(catalog.current());
        sweep();
    }

    /** Ends it at once: requests under way are finished by the sender, but nothing of them is written any more. */
    void close() {
        closed = true;
        writer.close();
        vertx.cancelTimer(wakeTimer);
    }

    /** Starts nothing new. */
    void drain() {
        draining = true;
    }

    /** Requests made or outcomes not yet written. */
    int underWay() {
        return underWay.size();
    }

    // What happens outside

    void adopt(Subscriptions current) {
        Set<Integer> gone = new HashSet<>(lanes.keySet());
        for (Subscription subscription : current.all()) {
            gone.remove(subscription.lane());
            Lane known = lanes.get(subscription.lane());
            if (known == null) {
                lanes.put(subscription.lane(), new Lane(subscription));
            } else {
                boolean wasEnabled = known.subscription().isEnabled();
                known.update(subscription);
                if (!wasEnabled && subscription.isEnabled()) {
                    known.rewindAll();
                }
            }
        }
        for (Integer lane : gone) {
            lanes.remove(lane);
            clear(lane);
        }
        turnSoon();
    }

    void owed(OwedRows rows) {
        rows.lowestSeqByLane().forEach((number, seq) -> {
            Lane lane = lanes.get(number);
            if (lane != null) {
                lane.rewind(seq);
            }
        });
        turnSoon();
    }

    /** Looks behind all cursors: another process may have stored something. */
    void poll() {
        queue.lanesWithWork().onSuccess(withWork -> {
            withWork.stream().map(lanes::get).filter(Objects::nonNull).forEach(Lane::poll);
            turnSoon();
        });
    }

    /** Looks at everything that is owed: what no signal told of, what is too old, what belongs to nobody any more. */
    void sweep() {
        queue.lanesWithWork().onSuccess(withWork -> {
            if (closed) {
                return;
            }
            Instant now = clock.instant();
            for (Integer number : withWork) {
                Lane lane = lanes.get(number);
                if (lane != null) {
                    lane.sweep(now, config.sweep());
                }
                clear(number);
            }
            turnSoon();
        });
    }

    // Reading

    private void turnSoon() {
        if (!turnComing && !closed) {
            turnComing = true;
            vertx.runOnContext(ignored -> {
                turnComing = false;
                turn();
            });
        }
    }

    private void turn() {
        if (closed || draining || reading || !lease.isHeld()) {
            return;
        }
        Instant now = clock.instant();
        List<StripeCursor> cursors = new ArrayList<>();
        List<DueCursor> dueCursors = new ArrayList<>();
        List<Lane> read = new ArrayList<>();
        for (Lane lane : lanes.values()) {
            lane.wakeDue(now);
            int room = room(lane);
            if (room <= 0 || lane.isParked(now) || !(lane.hasUnread() || lane.hasUnreadDue())) {
                continue;
            }
            cursors.addAll(lane.cursors(room));
            if (lane.hasUnreadDue()) {
                dueCursors.add(lane.dueCursor(room + 1));
            }
            read.add(lane);
            if (read.size() == LANES_PER_READ) {
                break;
            }
        }
        wakeLater(now);
        if (read.isEmpty()) {
            return;
        }
        for (Lane lane : read) { // to the end of the queue: lanes take turns
            lanes.remove(lane.number);
            lanes.put(lane.number, lane);
        }
        reading = true;
        Future<List<OwedDelivery>> due =
                dueCursors.isEmpty() ? Future.succeededFuture(List.of()) : queue.takeDue(dueCursors, now);
        Future<List<OwedDelivery>> ready = cursors.isEmpty() ? Future.succeededFuture(List.of()) : queue.take(cursors);
        Future.all(due, ready)
                .compose(taken -> {
                    if (closed) {
                        return Future.succeededFuture();
                    }
                    List<OwedDelivery> started = new ArrayList<>();
                    List<Integer> dueRead = lookAtDue(dueCursors, due.result(), now, started);
                    lookAtReady(cursors, ready.result(), now, started);
                    fetchBodies(started);
                    return dueRead.isEmpty() ? Future.succeededFuture() : learnNextDue(dueRead, now);
                })
                .onComplete(done -> {
                    reading = false;
                    if (done.succeeded()) {
                        turnSoon();
                    } else {
                        LOG.warnf(
                                "reading what is owed failed reason=%s",
                                done.cause().getMessage());
                        vertx.setTimer(1000, later -> turnSoon());
                    }
                });
    }

    /** Room in the lane, but never more than half of what is free here: a few dead endpoints can't take it all. */
    private int room(Lane lane) {
        int free = config.concurrency() - underWay.size();
        return Math.min(lane.room(), (free + 1) / 2);
    }

    private void lookAtReady(
            List<StripeCursor> cursors, List<OwedDelivery> rows, Instant now, List<OwedDelivery> started) {
        record Stripe(int lane, int stripe) {}
        Map<Stripe, Integer> counts = new HashMap<>();
        Set<Stripe> stopped = new HashSet<>();
        for (OwedDelivery row : rows) {
            Stripe stripe = new Stripe(row.lane(), row.stripe());
            counts.merge(stripe, 1, Integer::sum);
            Lane lane = lanes.get(row.lane());
            if (lane == null || stopped.contains(stripe)) {
                continue;
            }
            switch (lane.look(row, now, room(lane) <= 0)) {
                case START -> {
                    start(lane, row, false, started);
                    lane.passed(row);
                }
                case PASS -> lane.passed(row);
                case FULL -> stopped.add(stripe);
                case BARRIER -> {
                    stopped.add(stripe);
                    lane.stopAtBarrier(row.stripe());
                }
            }
        }
        for (StripeCursor cursor : cursors) {
            Stripe stripe = new Stripe(cursor.lane(), cursor.stripe());
            Lane lane = lanes.get(cursor.lane());
            if (lane != null && !stopped.contains(stripe) && counts.getOrDefault(stripe, 0) < cursor.limit()) {
                lane.readDry(cursor.stripe());
            }
        }
    }

    /** @return lanes of which all retries whose time has come were looked at */
    private List<Integer> lookAtDue(
            List<DueCursor> cursors, List<OwedDelivery> rows, Instant now, List<OwedDelivery> started) {
        Map<Integer, Integer> counts = new HashMap<>();
        Set<Integer> stopped = new HashSet<>();
        for (OwedDelivery row : rows) {
            counts.merge(row.lane(), 1, Integer::sum);
            Lane lane = lanes.get(row.lane());
            if (lane == null || stopped.contains(row.lane())) {
                continue;
            }
            switch (lane.look(row, now, room(lane) <= 0)) {
                case START -> {
                    start(lane, row, false, started);
                    lane.passed(row);
                }
                case PASS -> lane.passed(row);
                case FULL -> stopped.add(row.lane());
                case BARRIER -> {
                    lane.passed(row);
                    lane.passedBarrier();
                }
            }
        }
        List<Integer> read = new ArrayList<>();
        for (DueCursor cursor : cursors) {
            if (!stopped.contains(cursor.lane()) && counts.getOrDefault(cursor.lane(), 0) < cursor.limit()) {
                read.add(cursor.lane());
            }
        }
        return read;
    }

    private Future<Void> learnNextDue(List<Integer> numbers, Instant now) {
        return queue.nextDue(numbers, now).map(next -> {
            for (Integer number : numbers) {
                Lane lane = lanes.get(number);
                if (lane != null) {
                    lane.dueRead(next.get(number));
                }
            }
            return null;
        });
    }

    private void wakeLater(Instant now) {
        Instant earliest = null;
        for (Lane lane : lanes.values()) {
            Instant wake = lane.nextWake();
            if (wake != null && wake.isAfter(now) && (earliest == null || wake.isBefore(earliest))) {
                earliest = wake;
            }
        }
        if (earliest == null || (wakeAt != null && wakeAt.isAfter(now) && !earliest.isBefore(wakeAt))) {
            return;
        }
        vertx.cancelTimer(wakeTimer);
        wakeAt = earliest;
        long millis = Math.max(1, Duration.between(now, earliest).toMillis() + 1);
        wakeTimer = vertx.setTimer(millis, woken -> {
            wakeAt = null;
            turnSoon();
        });
    }

    // Sending

    private void start(Lane lane, OwedDelivery row, boolean isFollower, List<OwedDelivery> started) {
        lane.start(row, isFollower);
        underWay.add(row.seq());
        started.add(row);
    }

    private void fetchBodies(Collection<OwedDelivery> started) {
        withoutBody.addAll(started);
        List<OwedDelivery> fitting = new ArrayList<>();
        while (!withoutBody.isEmpty()
                && (bodyBytes == 0 || bodyBytes + withoutBody.peek().bodyBytes() <= config.bodyMemory())) {
            OwedDelivery next = withoutBody.remove();
            bodyBytes += next.bodyBytes();
            fitting.add(next);
        }
        if (fitting.isEmpty()) {
            return;
        }
        queue.bodies(fitting).onComplete(read -> {
            if (closed) {
                return;
            }
            if (read.failed()) {
                LOG.warnf("reading bodies failed reason=%s", read.cause().getMessage());
                vertx.setTimer(1000, later -> {
                    fitting.forEach(row -> bodyBytes -= row.bodyBytes());
                    fetchBodies(fitting);
                });
                return;
            }
            Map<UUID, OwedBody> bodies = read.result();
            for (OwedDelivery row : fitting) {
                send(row, bodies.get(row.eventId()));
            }
        });
    }

    private void send(OwedDelivery row, @Nullable OwedBody body) {
        Lane lane = lanes.get(row.lane());
        Instant now = clock.instant();
        Buffer bytes = body == null ? null : body.bytes();
        if (lane == null) {
            end(lane, new Outcome.Dead(row, Optional.empty(), "subscription-deleted"));
        } else if (body == null || bytes == null) {
            end(lane, new Outcome.Dead(row, Optional.empty(), "payload-gone"));
        } else if (isExpired(row, now)) {
            end(lane, new Outcome.Dead(row, Optional.empty(), "expired"));
        } else if (!lease.isHeld() || !lane.subscription().isEnabled()) {
            giveBack(lane, row);
        } else {
            Subscription subscription = lane.subscription();
            WebhookRequest request = new WebhookRequest(
                    subscription.endpointUrl(),
                    new EventId(row.eventId()),
                    body.type(),
                    row.nextAttempt(),
                    bytes,
                    List.of(subscription.secret().key()),
                    subscription.headers());
            sender.send(request).onSuccess(result -> answered(row, subscription, result, now));
        }
    }

    private void answered(OwedDelivery row, Subscription subscription, SendResult result, Instant startedAt) {
        if (closed) {
            return;
        }
        Instant now = clock.instant();
        meters.sent(result, Duration.between(row.owedSince(), now));
        Outcome outcome =
                OutcomeDecision.of(row, result, policies.of(subscription), startedAt, now, random.nextDouble());
        Lane lane = lanes.get(row.lane());
        if (lane != null) {
            OutcomeDecision.holdFor(result).ifPresent(asked -> hold(lane, now.plus(asked)));
            if (result.statusCode().filter(status -> status == GONE).isPresent()) {
                lane.disabling(now.plus(DISABLING));
                disable(subscription);
            }
            lane.answered(pace(result));
        }
        bodyBytes -= row.bodyBytes();
        writer.add(outcome);
        if (!withoutBody.isEmpty()) {
            fetchBodies(List.of());
        }
    }

    /** Without a request. */
    private void end(@Nullable Lane lane, Outcome outcome) {
        if (lane != null) {
            lane.notSent();
        }
        bodyBytes -= outcome.delivery().bodyBytes();
        writer.add(outcome);
    }

    /** Nothing was sent, and nothing changes in the store: it is read again when its lane may send. */
    private void giveBack(Lane lane, OwedDelivery row) {
        bodyBytes -= row.bodyBytes();
        underWay.remove(row.seq());
        lane.giveBack(row);
    }

    private static Lane.Pace pace(SendResult result) {
        return switch (result) {
            case SendResult.Delivered delivered -> Lane.Pace.FASTER;
            case SendResult.TimedOut timedOut -> Lane.Pace.SLOWER;
            case SendResult.Refused refused -> Lane.Pace.SAME;
            case SendResult.Unreachable unreachable -> Lane.Pace.SAME;
            case SendResult.Blocked blocked -> Lane.Pace.SAME;
        };
    }

    private void hold(Lane lane, Instant until) {
        lane.hold(until);
        subscriptions
                .hold(lane.subscription().id(), until)
                .onFailure(failure -> LOG.warnf(
                        "hold of a subscription not stored subscription=%s reason=%s",
                        lane.subscription().id(), failure.getMessage()));
    }

    private void disable(Subscription subscription) {
        LOG.infof("endpoint answered 410, subscription disabled subscription=%s", subscription.id());
        subscriptions
                .disable(subscription.id(), "the endpoint answered 410 Gone")
                .compose(disabled -> catalog.reload())
                .onFailure(failure -> LOG.warnf(
                        "subscription not disabled subscription=%s reason=%s",
                        subscription.id(), failure.getMessage()));
    }

    // Settled

    private void written(List<Outcome> outcomes, Set<Long> seqs) {
        Set<LaneKey> next = new HashSet<>();
        for (Outcome outcome : outcomes) {
            OwedDelivery row = outcome.delivery();
            Lane lane = lanes.get(row.lane());
            underWay.remove(row.seq());
            if (lane == null) {
                continue;
            }
            boolean cancelled = !seqs.contains(row.seq());
            boolean isFinal = cancelled || !(outcome instanceof Outcome.Again);
            if (outcome instanceof Outcome.Again again && !cancelled) {
                lane.dueAt(again.due());
            }
            next.addAll(lane.settled(row, isFinal));
        }
        startSuccessors(next);
        turnSoon();
    }

    private void startSuccessors(Set<LaneKey> keys) {
        if (keys.isEmpty() || draining) {
            return;
        }
        keys.forEach(key -> reserve(key, true));
        queue.successors(keys).onComplete(read -> {
            keys.forEach(key -> reserve(key, false));
            if (closed) {
                return;
            }
            if (read.failed()) { // the next sweep finds them
                LOG.warnf("reading successors failed reason=%s", read.cause().getMessage());
                return;
            }
            Instant now = clock.instant();
            List<OwedDelivery> started = new ArrayList<>();
            for (OwedDelivery row : read.result()) {
                Lane lane = lanes.get(row.lane());
                if (lane == null || lane.isParked(now)) {
                    continue;
                }
                if (lane.look(row, now, false) == Lane.Look.START) {
                    start(lane, row, true, started);
                } else if (row.due() != null && row.due().isAfter(now)) {
                    lane.dueAt(row.due());
                }
            }
            fetchBodies(started);
            turnSoon();
        });
    }

    private void reserve(LaneKey key, boolean on) {
        Lane lane = lanes.get(key.lane());
        if (lane != null && on) {
            lane.reserve();
        } else if (lane != null) {
            lane.unreserve();
        }
    }

    // What is too old, or belongs to nobody

    /** Gives up what is too old in a lane, and everything in one whose subscription is deleted. */
    private void clear(int number) {
        if (!closed && clearing.add(number)) {
            clearFrom(number, 0).onComplete(done -> clearing.remove(number));
        }
    }

    private Future<Void> clearFrom(int number, long after) {
        return queue.oldest(number, after, OLDEST_PER_READ).compose(rows -> {
            Instant now = clock.instant();
            Lane lane = lanes.get(number);
            boolean isDeleted = lane == null && catalog.current().ofLane(number).isEmpty();
            int given = 0;
            for (OwedDelivery row : rows) {
                if (!closed && !underWay.contains(row.seq()) && (isDeleted || isExpired(row, now))) {
                    given++;
                    writer.add(new Outcome.Dead(row, Optional.empty(), isDeleted ? "subscription-deleted" : "expired"));
                }
            }
            boolean goOn = !closed && given > 0 && rows.size() == OLDEST_PER_READ;
            return goOn ? clearFrom(number, rows.getLast().seq()) : Future.succeededFuture();
        });
    }

    private boolean isExpired(OwedDelivery row, Instant now) {
        return row.owedSince().plus(config.maxAge()).isBefore(now);
    }
}
