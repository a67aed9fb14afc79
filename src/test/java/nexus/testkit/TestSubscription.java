package nexus.testkit;

import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import nexus.event.TypePattern;
import nexus.filter.Filter;
import nexus.subscription.Batch;
import nexus.subscription.Content;
import nexus.subscription.EndpointHealth;
import nexus.subscription.Flow;
import nexus.subscription.Kind;
import nexus.subscription.Mode;
import nexus.subscription.Pauses;
import nexus.subscription.Selection;
import nexus.subscription.Subscription;
import nexus.subscription.SubscriptionDraft;
import nexus.subscription.SubscriptionSettings;
import nexus.subscription.SubscriptionState;
import nexus.subscription.secret.SigningSecret;
import nexus.subscription.target.WebhookSettings;

/** Builds subscriptions for tests that have no store: enabled, ordered, with the defaults if not said otherwise. */
public final class TestSubscription {
    private final int lane;
    private URI endpointUrl = URI.create("http://127.0.0.1:9/hook");
    private List<TypePattern> eventTypes = List.of();
    private Optional<Filter> filter = Optional.empty();
    private int concurrency = 32;
    private Optional<Integer> rateLimit = Optional.empty();
    private Optional<Instant> heldUntil = Optional.empty();
    private EndpointHealth health = EndpointHealth.GOOD;
    private Optional<Batch> batch = Optional.empty();

    private TestSubscription(int lane) {
        this.lane = lane;
    }

    public static TestSubscription ofLane(int lane) {
        return new TestSubscription(lane);
    }

    public TestSubscription endpoint(String url) {
        endpointUrl = URI.create(url);
        return this;
    }

    public TestSubscription to(String... patterns) {
        eventTypes = List.of(patterns).stream().map(TypePattern::new).toList();
        return this;
    }

    /** @param json see {@link Filter} */
    public TestSubscription filter(String json) {
        filter = Filter.read(json, "");
        return this;
    }

    public TestSubscription concurrency(int value) {
        concurrency = value;
        return this;
    }

    public TestSubscription rateLimit(Optional<Integer> perSecond) {
        rateLimit = perSecond;
        return this;
    }

    public TestSubscription batch(Optional<Batch> value) {
        batch = value;
        return this;
    }

    public TestSubscription heldUntil(Instant value) {
        heldUntil = Optional.of(value);
        return this;
    }

    public TestSubscription health(EndpointHealth value) {
        health = value;
        return this;
    }

    public Subscription build() {
        SubscriptionSettings settings = SubscriptionSettings.of(
                        "test",
                        new Selection(eventTypes).with(filter),
                        WebhookSettings.of(endpointUrl, new SigningSecret("correct horse")))
                .with(Flow.DEFAULT.withConcurrency(concurrency).withRateLimit(rateLimit))
                .with(Content.DEFAULT.withBatch(batch));
        return of(lane, settings, heldUntil, health);
    }

    /** As it would be stored. */
    public static Subscription of(SubscriptionDraft draft, Kind kind, Instant at) {
        return new Subscription(new UUID(0, 1), 1, kind, draft.settings(), state(draft.mode(), at), at, at);
    }

    /** Of a subscription that was brought into this mode. */
    public static SubscriptionState state(Mode mode, Instant at) {
        return new SubscriptionState(
                mode,
                Optional.empty(),
                mode.sends() ? Pauses.NONE : Pauses.NONE.begun(at),
                Optional.empty(),
                EndpointHealth.GOOD);
    }

    private static Subscription of(
            int lane, SubscriptionSettings settings, Optional<Instant> heldUntil, EndpointHealth health) {
        return new Subscription(
                new UUID(0, lane),
                lane,
                Kind.SUBSCRIPTION,
                settings,
                SubscriptionState.ACTIVE.with(heldUntil, health),
                Instant.EPOCH,
                Instant.EPOCH);
    }
}
