package nexus.dispatch;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import nexus.dispatch.lane.Group;
import nexus.dispatch.lane.Input;
import nexus.dispatch.lane.LaneState;
import nexus.dispatch.lane.Slots;
import nexus.dispatch.lane.Step;
import nexus.dispatch.outcome.DeliveryConfig;
import nexus.dispatch.outcome.Reply;
import nexus.dispatch.send.DispatchMeters;
import nexus.dispatch.send.Requests;
import nexus.queue.backlog.Backlog;
import nexus.queue.backlog.LaneRules;
import nexus.queue.backlog.Room;
import nexus.queue.owed.OwedDelivery;
import nexus.queue.owed.Ready;
import nexus.queue.settle.Outcome;
import nexus.shape.BatchParcel;
import nexus.subscription.Subscription;
import nexus.subscription.catalog.SubscriptionCatalog;
import nexus.subscription.matching.Subscriptions;
import org.jspecify.annotations.Nullable;

/**
 * Delivers one backlog during its term: passes each input to its lane, and executes the steps that the lane returns.
 * Belongs to the dispatcher's event loop.
 */
final class DispatchLoop {
    private final Vertx vertx;
    private final Context context;
    private final Backlog backlog;
    private final SubscriptionCatalog catalog;
    private final DeliveryConfig config;
    private final Clock clock;
    private final DispatchTools tools;
    private final DispatchMeters meters;
    private final Map<Integer, LaneState> lanes = new HashMap<>();
    private final Slots slots;
    private final Requests requests;
    private final EndpointRecords endpoints;
    private final DeadNotices notices;
    private boolean turnComing;
    private boolean stopped;
    private long wakeTimer = -1;
    private @Nullable Instant wakeAt;

    DispatchLoop(DispatchTools tools, Context context, Backlog backlog) {
        this.tools = tools;
        this.vertx = tools.vertx();
        this.context = context;
        this.backlog = backlog;
        this.catalog = tools.catalog();
        this.config = tools.config();
        this.clock = tools.clock();
        this.meters = tools.meters();
        this.slots = new Slots(config.concurrency());
        this.requests = new Requests(tools.sender(), backlog::isHeld);
        this.endpoints = new EndpointRecords(tools, lanes);
        this.notices = new DeadNotices(tools);
    }

    /** In-flight requests complete, but their results are dropped. */
    void stop() {
        stopped = true;
        vertx.cancelTimer(wakeTimer);
        endpoints.stop();
        notices.stop();
    }

    /** In-flight requests, also after the end of the term. */
    int openRequests() {
        return slots.taken();
    }

    /** Applies the catalog to the lanes of the owned shards. */
    void adopt() {
        Instant now = clock.instant();
        Collection<Subscription> all = catalog.current().all();
        lanes.keySet()
                .removeIf(number -> !backlog.serves(number)); // a lane that is taken again starts with a new state
        backlog.serve(all.stream().map(this::rules).toList());
        all.forEach(subscription -> adopt(subscription, now));
        lanes.keySet().removeIf(number -> !backlog.serves(number));
        turnSoon();
    }

    /** Applies changed subscriptions, as they are in the current catalog, to their lanes. */
    void adopt(Collection<Integer> changed) {
        Instant now = clock.instant();
        Subscriptions current = catalog.current();
        List<Subscription> present =
                changed.stream().flatMap(lane -> current.ofLane(lane).stream()).toList();
        List<Integer> gone =
                changed.stream().filter(lane -> current.ofLane(lane).isEmpty()).toList();
        backlog.change(present.stream().map(this::rules).toList(), gone);
        present.forEach(subscription -> adopt(subscription, now));
        lanes.keySet().removeAll(gone);
        turnSoon();
    }

    private void adopt(Subscription subscription, Instant now) {
        if (backlog.serves(subscription.lane())) {
            LaneState known = lanes.get(subscription.lane());
            if (known == null) {
                begin(subscription);
            } else {
                take(subscription.lane(), known, known.on(new Input.Changed(subscription), now), now);
            }
        }
    }

    private void begin(Subscription subscription) {
        LaneState lane = new LaneState(subscription, config, tools.random()::nextDouble);
        lanes.put(subscription.lane(), lane);
        if (lane.isAnnouncementDue()) { // another process stored the change and did not raise its event
            endpoints.record(subscription.lane());
        }
    }

    private LaneRules rules(Subscription subscription) {
        return new LaneRules(
                subscription.lane(),
                subscription.flow().ordered(),
                subscription.flow().rateLimit().orElse(Integer.MAX_VALUE),
                subscription
                        .settings()
                        .content()
                        .batch()
                        .map(batch -> new LaneRules.Batch(batch.maxSize(), BatchParcel.MAX_BYTES, batch.maxWait()))
                        .orElse(null),
                now -> subscription.state().pauses().owedBefore(now, config.maxAge()));
    }

    /** Schedules a turn after the current event; several calls cause one turn. */
    void turnSoon() {
        if (!turnComing && !stopped) {
            turnComing = true;
            context.runOnContext(ignored -> {
                turnComing = false;
                turn();
            });
        }
    }

    private void turn() {
        if (stopped) {
            return;
        }
        Instant now = clock.instant();
        Instant wake = null;
        for (Integer number : backlog.lanesWithWork(now)) {
            LaneState lane = lanes.get(number);
            if (lane != null) {
                List<Ready> taken = backlog.take(number, room(number, lane, now), now);
                while (!taken.isEmpty()) {
                    take(number, lane, lane.on(new Input.Arrived(taken), now), now);
                    taken = lane.isBatched() ? backlog.take(number, room(number, lane, now), now) : List.of();
                }
                for (Step step : lane.on(Input.Tick.NOW, now)) {
                    if (step instanceof Step.WakeAt(Instant at)) {
                        wake = earlier(wake, at);
                    }
                }
            }
        }
        backlog.readOn(now);
        Instant due = backlog.nextDue(now);
        wakeLater(due != null && due.isAfter(now) ? earlier(wake, due) : wake, now);
    }

    /** By its own limits and by the share of the other lanes. */
    private Room room(Integer number, LaneState lane, Instant now) {
        Room own = lane.room(now);
        if (own.isOpen()) {
            return Room.open(Math.min(own.requests(), slots.room(number)));
        }
        return slots.hasRoom() ? own : Room.PARKED;
    }

    private void take(Integer number, LaneState lane, List<Step> steps, Instant now) {
        for (Step step : steps) {
            switch (step) {
                case Step.Send(Group group) -> send(number, lane.subscription(), group, now);
                case Step.GiveBack(Ready ready) -> backlog.released(List.of(ready));
                case Step.Write(Outcome outcome) -> backlog.settled(List.of(outcome));
                case Step.WriteTogether(List<Outcome> outcomes) -> backlog.settled(outcomes);
                case Step.BackOff(Instant until) -> endpoints.hold(lane.subscription(), until);
                case Step.RecordHealth health -> endpoints.record(number);
                case Step.TellBreaker breaker -> endpoints.tell(lane.subscription(), breaker);
                case Step.Disable(String reason) -> endpoints.disable(lane.subscription(), reason);
                case Step.TellDead(Outcome.Dead outcome) -> notices.dead(lane.subscription(), outcome);
                case Step.LookAgain again -> backlog.lookAgain(number);
                case Step.WakeAt(Instant at) -> wakeLater(at, now);
            }
        }
    }

    private void send(Integer number, Subscription subscription, Group group, Instant now) {
        slots.began(number);
        meters.requests(slots.taken());
        requests.make(group.members(), subscription, now).onSuccess(reply -> {
            slots.ended(number);
            meters.requests(slots.taken());
            if (!stopped) {
                answered(number, new Input.Answered(group, reply, subscription, now));
            }
        });
    }

    private void answered(Integer number, Input.Answered answered) {
        Instant now = clock.instant();
        count(answered, now);
        LaneState lane = lanes.get(number);
        if (lane == null) { // its subscription was deleted in the meantime
            lane = new LaneState(answered.asked(), config, tools.random()::nextDouble);
            for (Step step : lane.on(answered, now)) {
                if (step instanceof Step.Write(Outcome outcome)) { // nothing else matters without an endpoint
                    backlog.settled(List.of(outcome));
                } else if (step instanceof Step.WriteTogether(List<Outcome> outcomes)) {
                    backlog.settled(outcomes);
                } else if (step instanceof Step.GiveBack(Ready ready)) {
                    backlog.released(List.of(ready));
                }
            }
        } else {
            take(number, lane, lane.on(answered, now), now);
        }
    }

    private void count(Input.Answered answered, Instant now) {
        Reply reply = answered.reply();
        meters.answered(reply.result());
        List<Ready> members = answered.group().members();
        for (int i = 0; i < members.size(); i++) {
            OwedDelivery row = members.get(i).delivery();
            reply.ofMembers()
                    .get(i)
                    .ifPresent(result -> meters.attempted(result, Duration.between(row.owedSince(), now)));
        }
    }

    /** The end of a dead delivery is stored. */
    void dead(Outcome.Dead outcome) {
        Integer number = outcome.delivery().lane();
        LaneState lane = lanes.get(number);
        if (lane != null) {
            Instant now = clock.instant();
            take(number, lane, lane.on(new Input.Written(outcome), now), now);
        }
    }

    private static @Nullable Instant earlier(@Nullable Instant one, @Nullable Instant other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return one.isBefore(other) ? one : other;
    }

    /** One timer for the earliest time at which a lane needs a turn. */
    private void wakeLater(@Nullable Instant at, Instant now) {
        if (at == null || (wakeAt != null && wakeAt.isAfter(now) && !at.isBefore(wakeAt))) {
            return;
        }
        vertx.cancelTimer(wakeTimer);
        wakeAt = at;
        wakeTimer = vertx.setTimer(Math.max(0, Duration.between(now, at).toMillis()) + 1, woken -> {
            wakeAt = null;
            turnSoon();
        });
    }
}
