package nexus.dispatch.send;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.random.RandomGenerator;
import nexus.api.caller.AuditedChange;
import nexus.api.json.Ids;
import nexus.attempt.Attempt;
import nexus.event.EventBody;
import nexus.event.EventId;
import nexus.event.EventType;
import nexus.refusal.Refusal;
import nexus.subscription.Subscription;
import nexus.subscription.catalog.SubscriptionRepository;
import nexus.target.Answer;
import nexus.target.Permission;
import nexus.target.SendResult;

/**
 * {@code POST /v1/subscriptions/{id}/test}: sends one request at once, without the queue. It is not stored, not counted
 * and not retried, and is sent even if the subscription is disabled.
 */
@Singleton
@Path("/v1/subscriptions/{id}/test")
@Produces(MediaType.APPLICATION_JSON)
public class SubscriptionTestResource {
    private static final EventType TYPE = new EventType("nexus.test");

    private final SubscriptionRepository subscriptions;
    private final SubscriptionSender sender;
    private final Clock clock;
    private final RandomGenerator random;

    @Inject
    SubscriptionTestResource(
            SubscriptionRepository subscriptions, SubscriptionSender sender, Clock clock, RandomGenerator random) {
        this.subscriptions = subscriptions;
        this.sender = sender;
        this.clock = clock;
        this.random = random;
    }

    @POST
    public CompletionStage<Attempt> testSubscription(@PathParam("id") String id, @Context RoutingContext context) {
        UUID known = Ids.inPath(id, "subscription");
        AuditedChange audited = AuditedChange.of(context, 200);
        return subscriptions
                .find(known)
                .map(found -> found.orElseThrow(() -> new Refusal.NotFound("There is no subscription " + known + ".")))
                .compose(subscription -> audited.complete(known.toString()).compose(inAudit -> send(subscription)))
                .toCompletionStage();
    }

    private Future<Attempt> send(Subscription subscription) {
        Instant now = clock.instant();
        EventId eventId = EventId.version7(now.toEpochMilli(), random.nextInt(), random.nextLong());
        byte[] data = ("{\"subscriptionId\":\"" + subscription.id() + "\"}").getBytes(StandardCharsets.US_ASCII);
        byte[] body = EventBody.of(eventId, TYPE, now, data, "{}".getBytes(StandardCharsets.US_ASCII));
        return sender.send(subscription, eventId, TYPE, Buffer.buffer(body), 1, now, Permission.ALWAYS)
                .map(result -> attempt(result, now));
    }

    private static Attempt attempt(SendResult result, Instant at) {
        Answer answer = result.answer();
        return new Attempt(
                1,
                EventBody.timestamp(at),
                answer == null ? null : answer.code(),
                result.error().orElse(null),
                (int) result.took().toMillis(),
                answer == null ? null : answer.text(),
                null,
                null);
    }
}
