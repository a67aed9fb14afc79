package nexus.preview;

import io.smallrye.common.annotation.Blocking;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import nexus.delivery.event.StoredEventRepository;
import nexus.delivery.event.TypedEvent;
import nexus.delivery.event.WholeEvent;
import nexus.event.EventId;
import nexus.refusal.Refusal;
import nexus.subscription.SubscriptionSettings;
import nexus.subscription.secret.SigningSecret;

/**
 * {@code POST /v1/subscriptions/preview}: what a subscription would receive, without storing or sending anything. The
 * subscription is checked like one that is made. It keeps no secret of a stored one, so that none can be read here.
 */
@Singleton
@Path("/v1/subscriptions/preview")
@Produces(MediaType.APPLICATION_JSON)
public class PreviewResource {
    private final Previewer previewer;
    private final StoredEventRepository events;
    private final Vertx vertx;
    private final Clock clock;
    private final RandomGenerator random;
    private final SecureRandom secrets = new SecureRandom();

    @Inject
    PreviewResource(
            Previewer previewer, StoredEventRepository events, Vertx vertx, Clock clock, RandomGenerator random) {
        this.previewer = previewer;
        this.events = events;
        this.vertx = vertx;
        this.clock = clock;
        this.random = random;
    }

    @POST
    @Blocking
    @Consumes(MediaType.APPLICATION_JSON)
    public CompletionStage<PreviewAnswer> previewSubscription(byte[] body) {
        PreviewRequest asked = PreviewRequest.read(body, SigningSecret.generate(secrets), clock, random);
        return answer(asked).toCompletionStage();
    }

    private Future<PreviewAnswer> answer(PreviewRequest asked) {
        return switch (asked.source()) {
            case PreviewRequest.Source.Given given -> one(asked.subscription(), given.event());
            case PreviewRequest.Source.Stored stored ->
                events.whole(stored.id())
                        .map(found ->
                                found.orElseThrow(() -> new Refusal.NotFound("There is no event " + stored.id() + ".")))
                        .compose(event -> one(
                                asked.subscription(),
                                withBody(event)
                                        .orElseThrow(() -> new Refusal.Gone("The event's payload was erased."))));
            case PreviewRequest.Source.Last last ->
                events.newest(last.count()).compose(found -> {
                    PreviewCount count = new PreviewCount();
                    Future<Void> all = Future.succeededFuture();
                    for (TypedEvent event : found) { // one at a time: each may have megabytes
                        all = all.compose(done -> count(asked.subscription(), event, count));
                    }
                    return all.map(done -> count.answer());
                });
        };
    }

    private Future<PreviewAnswer> one(SubscriptionSettings subscription, PreviewedEvent event) {
        return onWorker(() -> {
            Decision decision = previewer.decide(subscription, event);
            return decision.matched()
                    ? previewer.request(subscription, event, decision)
                    : new PreviewAnswer.OfOne(false, decision.reason(), null);
        });
    }

    /** The body is read only when it decides or is an example. */
    private Future<Void> count(SubscriptionSettings subscription, TypedEvent event, PreviewCount count) {
        Optional<Decision> byType = previewer.decide(subscription, event.type());
        if (byType.isPresent() && !(byType.get().matched() && count.takesExample())) {
            count.add(byType.get());
            return Future.succeededFuture();
        }
        return events.whole(event.id()).compose(found -> {
            Optional<PreviewedEvent> whole = found.flatMap(PreviewResource::withBody);
            if (whole.isEmpty()) {
                count.add(byType.orElseGet(() -> new Decision(false, "the event's payload was erased")));
                return Future.succeededFuture();
            }
            return onWorker(() -> {
                        Decision decision = previewer.decide(subscription, whole.get());
                        count.add(decision);
                        if (decision.matched() && count.takesExample()) {
                            count.example(whole.get(), previewer.request(subscription, whole.get(), decision));
                        }
                        return count;
                    })
                    .mapEmpty();
        });
    }

    private static Optional<PreviewedEvent> withBody(WholeEvent event) {
        return event.body().map(body -> new PreviewedEvent(new EventId(event.id()), event.type(), body));
    }

    /** Templates and large bodies take longer than an event loop should be held up. */
    private <T> Future<T> onWorker(Supplier<T> work) {
        return vertx.executeBlocking(() -> Optional.of(work.get()), false)
                .map(done -> Objects.requireNonNull(done).orElseThrow());
    }
}
