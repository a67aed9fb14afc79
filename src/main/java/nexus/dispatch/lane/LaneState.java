package nexus.dispatch.lane;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.DoubleSupplier;
import nexus.dispatch.outcome.DeliveryConfig;
import nexus.dispatch.outcome.DeliveryPolicies;
import nexus.dispatch.outcome.OutcomeDecision;
import nexus.dispatch.outcome.Reply;
import nexus.dispatch.outcome.Verdict;
import nexus.event.EventBody;
import nexus.event.EventType;
import nexus.queue.backlog.Room;
import nexus.queue.owed.OwedBody;
import nexus.queue.owed.Ready;
import nexus.queue.settle.DeadReason;
import nexus.queue.settle.Outcome;
import nexus.retry.RetryPolicy;
import nexus.subscription.EndpointHealth;
import nexus.subscription.EndpointHealth.Opened;
import nexus.subscription.Subscription;
import nexus.target.SendResult;
import nexus.target.SendResult.Extent;
import org.jspecify.annotations.Nullable;

/**
 * The state of one lane in this process: the limits of its in-flight requests ({@link Window}, {@link TokenBucket},
 * {@link Breaker}), and the consequences of each result for the delivery and the endpoint. Pure: inputs and the time are
 * arguments, steps are results. Not thread-safe.
 */
public final class LaneState {
    /** The share of the lane's rate, which is all of it, because one process owns a lane. */
    private static final double SHARE = 1;

    /** Nothing is sent while the subscription is being disabled; if that fails, the next result repeats it. */
    private static final Duration WHILE_DISABLING = Duration.ofSeconds(30);

    /** A receiver may ask for a pause of 24 h. A hold that ends later is due to a clock that was wrong. */
    private static final Duration LONGEST_HOLD = Duration.ofHours(25);

    /** The type of the event about an endpoint whose breaker opened. */
    public static final EventType FAILING = new EventType("nexus.subscription.failing");

    private final DeliveryConfig config;
    private final DeliveryPolicies policies;
    private final DoubleSupplier random;
    private final Window window = new Window();
    private final Set<Long> pastBreaker = new HashSet<>(); // in-flight seqs that were started while it was open
    private Subscription subscription;
    private int requests; // under way
    private int batches; // that were answered, modulo 1000
    private @Nullable Instant heldUntil;
    private Instant heldFrom = Instant.MIN; // before it the clock has jumped back
    private @Nullable TokenBucket tokens; // empty: no limit
    private Breaker breaker;
    private FailingStreak failing;
    private Announcements announcements;
    private boolean getsAnnouncements;
    private @Nullable Long probe; // the in-flight seq that probes the endpoint

    /** @param random in [0, 1), for the jitter of retries */
    public LaneState(Subscription subscription, DeliveryConfig config, DoubleSupplier random) {
        this.config = config;
        this.policies = new DeliveryPolicies(config);
        this.random = random;
        this.subscription = subscription;
        this.heldUntil = subscription.state().heldUntil().orElse(null);
        this.tokens = tokens(subscription);
        this.breaker =
                new Breaker(config.breaker(), subscription.state().health().opened());
        this.failing = new FailingStreak(subscription.state().health().failing());
        this.announcements = new Announcements(subscription.state().health().alert());
        this.getsAnnouncements = subscription.wants(FAILING);
        if (!breaker.isClosed()) {
            window.reset();
        }
    }

    private static @Nullable TokenBucket tokens(Subscription subscription) {
        return subscription
                .flow()
                .rateLimit()
                .map(perSecond -> new TokenBucket(perSecond, SHARE))
                .orElse(null);
    }

    public Subscription subscription() {
        return subscription;
    }

    /** The number of further requests that may start now by this lane's own limits. */
    public Room room(Instant now) {
        if (isHeld(now)) {
            return Room.PARKED;
        }
        if (breaker.isClosed()) {
            return Room.open(limit(window.size() - requests, now));
        }
        return canProbe(now) ? Room.open(limit(1, now)) : Room.parked(takesRenewed(now));
    }

    private int limit(int most, Instant now) {
        return Math.min(Math.min(most, subscription.flow().concurrency() - requests), available(now));
    }

    private int available(Instant now) {
        return tokens == null ? Integer.MAX_VALUE : tokens.available(now);
    }

    private boolean canProbe(Instant now) {
        return probe == null && breaker.isProbeDue(now);
    }

    /** Whether it is paused, disabled or held by a Retry-After. */
    private boolean isHeld(Instant now) {
        return !subscription.isActive() || holdEnd(now) != null;
    }

    /** The end of the hold; null when there is none. A hold ends when the clock jumps back, which would prolong it. */
    private @Nullable Instant holdEnd(Instant now) {
        Instant until = heldUntil;
        return until != null && until.isAfter(now) && !until.isAfter(now.plus(LONGEST_HOLD)) && !now.isBefore(heldFrom)
                ? until
                : null;
    }

    /** Whether a delivery that was retried by hand may bypass the open breaker; one at a time. */
    private boolean takesRenewed(Instant now) {
        int probes = probe == null ? 0 : 1;
        return pastBreaker.size() == probes && limit(1, now) > 0;
    }

    public List<Step> on(Input input, Instant now) {
        return switch (input) {
            case Input.Arrived arrived -> arrived(arrived.deliveries(), now);
            case Input.Answered answered -> answered(answered, now);
            case Input.Written written -> List.of(new Step.TellDead(written.outcome()));
            case Input.Changed changed -> changed(changed.subscription());
            case Input.Tick tick -> tick(now);
        };
    }

    private List<Step> arrived(List<Ready> deliveries, Instant now) {
        List<Step> steps = new ArrayList<>(deliveries.size());
        List<Ready> batch = isBatched() ? new ArrayList<>(deliveries.size()) : null;
        for (Ready ready : deliveries) {
            Optional<String> dead = deadReason(ready, now);
            if (dead.isPresent()) {
                steps.add(new Step.Write(new Outcome.Dead(ready.delivery(), Optional.empty(), dead.get())));
            } else if (!maySend(now)) {
                steps.add(new Step.GiveBack(ready));
            } else if (batch != null) {
                batch.add(ready);
            } else {
                send(Group.of(ready), now, steps);
            }
        }
        if (batch != null && !batch.isEmpty()) {
            send(new Group(batch), now, steps);
        }
        return steps;
    }

    /** Whether all deliveries that arrive together are one request. */
    public boolean isBatched() {
        return subscription.settings().content().batch().isPresent();
    }

    private Optional<String> deadReason(Ready ready, Instant now) {
        OwedBody body = ready.body();
        if (body == null || body.bytes() == null) {
            return Optional.of(DeadReason.PAYLOAD_GONE);
        }
        boolean isExpired = ready.delivery()
                .owedSince()
                .isBefore(subscription.state().pauses().owedBefore(now, config.maxAge()));
        return isExpired ? Optional.of(DeadReason.EXPIRED) : Optional.empty();
    }

    private void send(Group group, Instant now, List<Step> steps) {
        begin(group, now);
        steps.add(new Step.Send(group));
    }

    /** It may exceed the window, because another request may have timed out since this delivery was taken. */
    private boolean maySend(Instant now) {
        return !isHeld(now)
                && requests < subscription.flow().concurrency()
                && (breaker.isClosed() || canProbe(now) || takesRenewed(now));
    }

    private void begin(Group group, Instant now) {
        requests++;
        if (tokens != null) {
            tokens.take(now);
        }
        if (!breaker.isClosed()) {
            pastBreaker.add(group.seq());
            if (canProbe(now)) {
                probe = group.seq();
            }
        }
    }

    private List<Step> answered(Input.Answered answered, Instant now) {
        Group group = answered.group();
        Reply reply = answered.reply();
        SendResult result = reply.result();
        List<Step> steps = new ArrayList<>(1 + group.members().size());
        boolean isSameEndpoint =
                answered.asked().target().place().equals(subscription.target().place());
        if (isSameEndpoint && Verdict.of(result) != Verdict.NONE) { // otherwise it says nothing about this endpoint
            heed(group, result, answered.startedAt(), now, steps);
        }
        ended(group);
        pace(result);
        settle(answered, now, steps);
        return steps;
    }

    private void settle(Input.Answered answered, Instant now, List<Step> steps) {
        Reply reply = answered.reply();
        RetryPolicy policy = policies.of(answered.asked());
        boolean isBatch = reply.batch().isPresent();
        Instant from = isBatch ? distinct(now) : now;
        DoubleSupplier jitter = isBatch ? constant() : random;
        List<Ready> members = answered.group().members();
        List<Outcome> outcomes = new ArrayList<>(members.size());
        for (int i = 0; i < members.size(); i++) {
            Ready member = members.get(i);
            Optional<SendResult> ofMember = reply.ofMembers().get(i);
            if (ofMember.isEmpty()) {
                steps.add(new Step.GiveBack(member));
            } else {
                outcomes.add(OutcomeDecision.of(
                        member.delivery(), ofMember.get(), reply.batch(), policy, answered.startedAt(), from, jitter));
            }
        }
        if (outcomes.size() == 1) {
            steps.add(new Step.Write(outcomes.getFirst()));
        } else if (!outcomes.isEmpty()) {
            steps.add(new Step.WriteTogether(outcomes));
        }
    }

    /**
     * A time that hardly any other batch of the lane has. Deliveries with the same due time are the batch that failed, also for
     * the process that reads them after this one, so no two batches may get the same.
     */
    private Instant distinct(Instant now) {
        batches = (batches + 1) % 1000;
        return now.truncatedTo(ChronoUnit.MILLIS).plus(batches, ChronoUnit.MICROS);
    }

    /** The same number on each call, so that all deliveries of a batch get the same due time. */
    private DoubleSupplier constant() {
        double drawn = random.getAsDouble();
        return () -> drawn;
    }

    /**
     * The consequences of a result for the endpoint: it asked for a pause, is gone for good, is down, or has failed for so long that
     * its subscription is disabled.
     */
    private void heed(Group group, SendResult result, Instant startedAt, Instant now, List<Step> steps) {
        OutcomeDecision.holdFor(result).ifPresent(wait -> {
            hold(now.plus(wait), now);
            steps.add(new Step.BackOff(now.plus(wait)));
        });
        judge(group, result, startedAt, now, steps);
        if (result instanceof SendResult.Refused refused && refused.extent() instanceof Extent.AllForGood gone) {
            disable(gone.why(), now, steps);
        } else {
            failing.longerThan(config.disableAfter(), now)
                    .ifPresent(streak -> disable(
                            "every attempt has failed since %s: %d of them"
                                    .formatted(EventBody.timestamp(streak.since()), streak.attempts()),
                            now,
                            steps));
        }
    }

    private void judge(Group group, SendResult result, Instant startedAt, Instant now, List<Step> steps) {
        Verdict verdict = Verdict.of(result);
        Optional<Opened> before = breaker.opened();
        boolean isProbe = probe != null && probe == group.seq();
        boolean breakerChanged = breaker.heard(verdict, isProbe, startedAt, now);
        boolean streakChanged = failing.heard(verdict, now);
        Optional<Opened> after = breaker.opened();
        if (before.isEmpty() && after.isPresent()) {
            window.reset();
        }
        boolean isAnnounced = announcements.heard(
                result, verdict, after.isPresent(), failing.since().orElse(now), getsAnnouncements, now);
        if (breakerChanged || streakChanged || isAnnounced) {
            steps.add(new Step.RecordHealth());
        }
        if (before.isPresent() != after.isPresent()) {
            steps.add(new Step.TellBreaker(before, after));
        }
    }

    private void disable(String reason, Instant now, List<Step> steps) {
        hold(now.plus(WHILE_DISABLING), now);
        steps.add(new Step.Disable(reason));
    }

    /** After a hold the lane starts as slowly as after an open breaker. */
    private void hold(Instant until, Instant now) {
        window.reset();
        Instant before = holdEnd(now);
        if (before == null || until.isAfter(before)) {
            heldUntil = until;
            heldFrom = now;
        }
    }

    private void ended(Group group) {
        requests--;
        pastBreaker.remove(group.seq());
        if (probe != null && probe == group.seq()) {
            probe = null;
        }
    }

    private void pace(SendResult result) {
        switch (result) {
            case SendResult.Delivered delivered ->
                window.faster(subscription.flow().concurrency());
            case SendResult.TimedOut timedOut -> window.slower();
            case SendResult.Refused refused -> {}
            case SendResult.Unreachable unreachable -> {}
            case SendResult.Blocked blocked -> {}
            case SendResult.Unsendable unsendable -> {}
            case SendResult.OutOfService none -> {}
        }
    }

    /** When it becomes active again, or has another endpoint, it starts with a new state. */
    private List<Step> changed(Subscription changed) {
        boolean isFresh = (changed.isActive() && !subscription.isActive())
                || !changed.target().place().equals(subscription.target().place());
        if (!changed.flow().rateLimit().equals(subscription.flow().rateLimit())) {
            tokens = tokens(changed);
        }
        subscription = changed;
        getsAnnouncements = changed.wants(FAILING);
        if (!isFresh) {
            return List.of();
        }
        heldUntil = changed.state().heldUntil().orElse(null);
        heldFrom = Instant.MIN;
        breaker = new Breaker(config.breaker(), changed.state().health().opened());
        failing = new FailingStreak(changed.state().health().failing());
        announcements = new Announcements(changed.state().health().alert());
        window.reset();
        return announcements.isDue()
                ? List.of(new Step.LookAgain(), new Step.RecordHealth())
                : List.of(new Step.LookAgain());
    }

    private List<Step> tick(Instant now) {
        Instant wake = nextWake(now);
        return wake == null || !wake.isAfter(now) ? List.of() : List.of(new Step.WakeAt(wake));
    }

    /** The time of the next change without an input; null when there is none. */
    private @Nullable Instant nextWake(Instant now) {
        if (!subscription.isActive()) {
            return null;
        }
        Instant held = holdEnd(now);
        if (held != null) {
            return held;
        }
        if (!breaker.isClosed() && !canProbe(now)) {
            return probe == null ? breaker.opened().map(Opened::nextProbeAt).orElse(null) : null;
        }
        return tokens != null && tokens.available(now) <= 0 ? tokens.next(now) : null;
    }

    /** Whether the event about a stored change of the endpoint's health may be missing. */
    public boolean isAnnouncementDue() {
        return announcements.isDue();
    }

    /** The health of the endpoint to store. */
    public EndpointHealth healthToStore(Instant now) {
        return new EndpointHealth(breaker.opened(), failing.storedAt(now), announcements.last());
    }
}
