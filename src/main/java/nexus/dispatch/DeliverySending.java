package nexus.dispatch;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import nexus.event.EventId;
import nexus.event.EventType;
import nexus.queue.lease.DeliveryLease;
import nexus.queue.lease.Term;
import nexus.queue.notify.FreshDelivery;
import nexus.queue.owed.OwedBody;
import nexus.queue.owed.OwedDelivery;
import nexus.queue.owed.OwedQueue;
import nexus.queue.settle.Outcome;
import nexus.subscription.Subscription;
import nexus.target.SendResult;
import nexus.webhook.WebhookRequest;
import nexus.webhook.WebhookSender;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * From a delivery that may start to its outcome: fetches the body under the memory budget, makes the request, decides.
 * Belongs to the dispatcher's event loop.
 */
final class DeliverySending {
    private static final Logger LOG = Logger.getLogger(DeliverySending.class);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

    private final Vertx vertx;
    private final OwedQueue queue;
    private final DeliveryLease lease;
    private final Term term;
    private final WebhookSender sender;
    private final DispatchMeters meters;
    private final DeliveryConfig config;
    private final DeliveryPolicies policies;
    private final EndpointWishes wishes;
    private final Clock clock;
    private final RandomGenerator random;
    private final Lanes lanes;
    private final Consumer<Outcome> ended;

    private final BodyBudget budget;
    private final Deque<OwedDelivery> withoutBody = new ArrayDeque<>(); // started; no room for their bodies yet
    private final Map<Long, Fetch> fetches = new HashMap<>(); // by seq; their bodies have room
    private int openRequests;
    private boolean stopped;

    /** A body that is being read, or waits for its request. */
    private static final class Fetch {
        private @Nullable OwedBody body; // null also when there is none any more
        private boolean isHere;
        private boolean isStarted;
    }

    /** @param ended told every outcome, to be written down */
    DeliverySending(DispatchTools tools, Term term, Lanes lanes, Consumer<Outcome> ended) {
        this.vertx = tools.vertx();
        this.queue = tools.queue();
        this.lease = tools.lease();
        this.term = term;
        this.sender = tools.sender();
        this.meters = tools.meters();
        this.config = tools.config();
        this.policies = new DeliveryPolicies(tools.config());
        this.budget = new BodyBudget(tools.config().bodyMemory());
        this.wishes = new EndpointWishes(tools, lanes);
        this.clock = tools.clock();
        this.random = tools.random();
        this.lanes = lanes;
        this.ended = ended;
    }

    /** Requests under way end, but nobody is told. */
    void stop() {
        stopped = true;
        withoutBody.clear();
        fetches.clear();
        wishes.stop();
        meters.bodies(0, 0);
    }

    /** Requests that have no answer yet. */
    int openRequests() {
        return openRequests;
    }

    /** These need their requests. */
    void add(List<OwedDelivery> started) {
        add(started, List.of());
    }

    /**
     * Makes requests, and fetches bodies.
     *
     * @param started these need their requests
     * @param soon these will, as soon as there is room for them
     */
    void add(List<OwedDelivery> started, List<OwedDelivery> soon) {
        for (OwedDelivery row : started) {
            Fetch fetch = fetches.get(row.seq());
            if (fetch == null) {
                withoutBody.add(row);
            } else {
                fetch.isStarted = true;
                sendFetched(row, fetch);
            }
        }
        List<OwedDelivery> fitting = new ArrayList<>();
        for (OwedDelivery row : soon) {
            if (fitsBeforeItStarts(row)) {
                fetches.put(row.seq(), new Fetch());
                fitting.add(row);
            }
        }
        fetchBodies(fitting);
    }

    /**
     * Takes over what has just become owed, as far as it fits: its body need not be read.
     *
     * @param admitted seqs of those that were not known before: one that a read was faster with has its body under way
     */
    void handOver(List<FreshDelivery> rows, Set<Long> admitted) {
        for (FreshDelivery fresh : rows) {
            OwedDelivery row = fresh.delivery();
            if (admitted.contains(row.seq()) && fitsBeforeItStarts(row)) {
                Fetch fetch = new Fetch();
                fetch.body = fresh.body();
                fetch.isHere = true;
                fetches.put(row.seq(), fetch);
            }
        }
    }

    /** Takes room for the body of a row that waits: of half of the memory, so that what starts has the other half. */
    private boolean fitsBeforeItStarts(OwedDelivery row) {
        return !fetches.containsKey(row.seq())
                && budget.used() < config.bodyMemory() / 2
                && budget.take(row.lane(), row.bodyBytes());
    }

    /** These will not start now. */
    void forget(List<OwedDelivery> rows) {
        for (OwedDelivery row : rows) {
            if (fetches.remove(row.seq()) != null) {
                budget.giveBack(row.lane(), row.bodyBytes());
            }
        }
        if (!rows.isEmpty()) {
            fetchBodies(new ArrayList<>());
        }
    }

    /** @param fitting those that have their place in the budget already */
    private void fetchBodies(List<OwedDelivery> fitting) {
        for (Iterator<OwedDelivery> all = withoutBody.iterator(); all.hasNext(); ) {
            OwedDelivery next = all.next();
            if (budget.take(next.lane(), next.bodyBytes())) {
                all.remove();
                Fetch fetch = new Fetch();
                fetch.isStarted = true;
                fetches.put(next.seq(), fetch);
                fitting.add(next);
            }
        }
        meters.bodies(withoutBody.size(), budget.used());
        if (!fitting.isEmpty()) {
            fetch(fitting);
        }
    }

    private void fetch(List<OwedDelivery> fitting) {
        queue.bodies(fitting).onComplete(read -> {
            if (stopped) {
                return;
            }
            if (read.failed()) {
                LOG.warnf("reading bodies failed reason=%s", read.cause().getMessage());
                vertx.setTimer(AFTER_FAILURE.toMillis(), later -> fetch(fitting));
                return;
            }
            Map<UUID, OwedBody> bodies = read.result();
            for (OwedDelivery row : fitting) {
                Fetch fetch = fetches.get(row.seq());
                if (fetch != null) {
                    fetch.body = bodies.get(row.eventId());
                    fetch.isHere = true;
                    sendFetched(row, fetch);
                }
            }
        });
    }

    private void sendFetched(OwedDelivery row, Fetch fetch) {
        if (fetch.isHere && fetch.isStarted) {
            fetches.remove(row.seq());
            send(row, fetch.body);
        }
    }

    private void send(OwedDelivery row, @Nullable OwedBody body) {
        Lane lane = lanes.of(row.lane());
        Instant now = clock.instant();
        Buffer bytes = body == null ? null : body.bytes();
        if (lane == null) {
            giveUp(row, DeadReason.SUBSCRIPTION_DELETED);
        } else if (body == null || bytes == null) {
            lane.notSent(row, now);
            giveUp(row, DeadReason.PAYLOAD_GONE);
        } else if (row.owedSince().plus(config.maxAge()).isBefore(now)) {
            lane.notSent(row, now);
            giveUp(row, DeadReason.EXPIRED);
        } else if (!lease.isHeld(term) || !lanes.owns(row.lane()) || !lane.maySend(row, now)) {
            budget.giveBack(row.lane(), row.bodyBytes());
            lanes.giveBack(lane, row, now);
        } else {
            send(row, lane.subscription(), body, bytes, now);
        }
    }

    private void giveUp(OwedDelivery row, String reason) {
        budget.giveBack(row.lane(), row.bodyBytes());
        lanes.answered(row);
        ended.accept(new Outcome.Dead(row, Optional.empty(), reason));
    }

    private void send(OwedDelivery row, Subscription subscription, OwedBody body, Buffer bytes, Instant now) {
        openRequests++;
        meters.requests(openRequests);
        result(row, subscription, body.type(), bytes, now).onSuccess(result -> {
            openRequests--;
            meters.requests(openRequests);
            answered(row, subscription, result, now);
        });
    }

    /** Of its request. Never fails. */
    private Future<SendResult> result(
            OwedDelivery row, Subscription subscription, EventType type, Buffer bytes, Instant now) {
        try {
            return sender.send(request(row, subscription, type, bytes, now), () -> lease.isHeld(term));
        } catch (RuntimeException | Error e) { // else the row would be under way for ever
            LOG.errorf(e, "request could not be made event=%s lane=%d", row.eventId(), row.lane());
            return Future.succeededFuture(new SendResult.Unreachable("the request could not be made", Duration.ZERO));
        }
    }

    private static WebhookRequest request(
            OwedDelivery row, Subscription subscription, EventType type, Buffer bytes, Instant now) {
        return new WebhookRequest(
                subscription.endpointUrl(),
                new EventId(row.eventId()),
                type,
                row.nextAttempt(),
                bytes,
                subscription.signingKeys(now),
                subscription.headers(),
                subscription.access());
    }

    private void answered(OwedDelivery row, Subscription subscription, SendResult result, Instant startedAt) {
        if (stopped) {
            return;
        }
        Instant now = clock.instant();
        lanes.answered(row);
        meters.sent(result, Duration.between(row.owedSince(), now));
        Lane lane = lanes.of(row.lane());
        if (lane != null) {
            wishes.heed(lane, row, subscription, result, startedAt, now);
            lane.answered(row, pace(result));
        }
        budget.giveBack(row.lane(), row.bodyBytes());
        ended.accept(OutcomeDecision.of(row, result, policies.of(subscription), startedAt, now, random::nextDouble));
        if (!withoutBody.isEmpty()) {
            fetchBodies(new ArrayList<>());
        }
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
}
