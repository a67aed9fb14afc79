package nexus.preview;

import io.smallrye.common.annotation.Blocking;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.time.Clock;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import nexus.api.caller.Caller;
import nexus.api.json.JsonBody;
import nexus.api.page.QueryParameters;
import nexus.delivery.event.StoredEventRepository;
import nexus.delivery.event.WholeEvent;
import nexus.delivery.state.Delivery;
import nexus.delivery.state.DeliveryId;
import nexus.delivery.state.DeliveryRepository;
import nexus.dispatch.send.Description;
import nexus.dispatch.send.SubscriptionSender;
import nexus.event.EventId;
import nexus.preview.SignatureCheck.Received;
import nexus.refusal.Refusal;
import nexus.subscription.Subscription;
import nexus.subscription.catalog.SubscriptionRepository;
import nexus.subscription.target.TargetSettings;
import nexus.target.Described;

/**
 * {@code /v1/deliveries/{id}/request}: the request of a delivery, made again from the stored event and its subscription as
 * it is now. Nothing is sent.
 */
@Singleton
@Path("/v1/deliveries/{id}/request")
@Produces(MediaType.APPLICATION_JSON)
public class SentRequestResource {
    private static final int MAX_ATTEMPT = 10_000;
    private static final int MAX_HEADER = 4_096;
    private static final int MAX_BODY = 1_000_000;

    private final DeliveryRepository deliveries;
    private final StoredEventRepository events;
    private final SubscriptionRepository subscriptions;
    private final SubscriptionSender sender;
    private final Vertx vertx;
    private final Clock clock;

    @Inject
    SentRequestResource(
            DeliveryRepository deliveries,
            StoredEventRepository events,
            SubscriptionRepository subscriptions,
            SubscriptionSender sender,
            Vertx vertx,
            Clock clock) {
        this.deliveries = deliveries;
        this.events = events;
        this.subscriptions = subscriptions;
        this.sender = sender;
        this.vertx = vertx;
        this.clock = clock;
    }

    /** What a request is made of. */
    private record Parts(Delivery delivery, Subscription subscription, Described described) {}

    @GET
    public CompletionStage<SentRequest> getDeliveryRequest(
            @PathParam("id") String id, @Context UriInfo uri, @Context RoutingContext context) {
        QueryParameters query = QueryParameters.of(uri);
        int asked = query.text("attempt").map(SentRequestResource::attempt).orElse(0);
        query.check();
        boolean toManager = Caller.of(context).mayManage();
        return parts(DeliveryId.inPath(id), asked)
                .map(parts -> SentRequest.of(parts.described(), number(parts.delivery(), asked), toManager))
                .toCompletionStage();
    }

    @POST
    @Blocking
    @Path("/verify")
    @Consumes(MediaType.APPLICATION_JSON)
    public CompletionStage<SignatureCheck> verifyDeliverySignature(@PathParam("id") String id, byte[] body) {
        JsonBody request = JsonBody.parse(body);
        request.require("timestamp", "signature");
        Received received = new Received(
                request.text("id", MAX_HEADER),
                request.text("timestamp", MAX_HEADER).orElse(""),
                request.text("signature", MAX_HEADER).orElse(""),
                request.text("body", MAX_BODY));
        request.check();
        return parts(DeliveryId.inPath(id), 0)
                .map(parts -> parts.subscription().target() instanceof TargetSettings.Signed signed
                        ? SignatureCheck.of(received, parts.described(), signed.secrets(), clock.instant())
                        : new SignatureCheck(false, "Requests to this type of target are not signed."))
                .toCompletionStage();
    }

    private static int attempt(String text) {
        if (text.matches("[1-9][0-9]{0,3}")) {
            return Integer.parseInt(text);
        }
        throw new Refusal.Invalid("attempt", "must be a whole number from 1 to " + (MAX_ATTEMPT - 1));
    }

    /** The attempt that was asked for, or the last one. */
    private static int number(Delivery delivery, int asked) {
        return asked > 0 ? asked : Math.max(1, delivery.attempts());
    }

    private Future<Parts> parts(DeliveryId id, int attempt) {
        return deliveries.find(id).compose(found -> {
            Delivery delivery = found.orElseThrow(DeliveryId::notFound);
            Future<WholeEvent> event = events.whole(delivery.eventId())
                    .map(stored -> stored.orElseThrow(() -> new Refusal.Gone("The event is no longer kept.")));
            Future<Subscription> subscription = subscriptions
                    .find(delivery.subscriptionId())
                    .map(stored -> stored.orElseThrow(() -> new Refusal.Conflict(
                            "subscription-deleted", "The subscription of this delivery is deleted.")));
            return event.compose(whole -> subscription.compose(settings -> vertx.executeBlocking(
                            () -> parts(delivery, whole, settings, number(delivery, attempt)), false)
                    .map(Objects::requireNonNull)));
        });
    }

    private Parts parts(Delivery delivery, WholeEvent event, Subscription subscription, int attempt) {
        return switch (sender.describe(
                subscription.settings(),
                new EventId(event.id()),
                event.type(),
                event.body().orElseThrow(() -> new Refusal.Gone("The event's payload was erased.")),
                attempt,
                clock.instant())) {
            case Description.Request request -> new Parts(delivery, subscription, request.described());
            case Description.None none ->
                throw new Refusal.Conflict(
                        "no-request", "There is no request to make: " + none.reason() + ": " + none.message());
        };
    }
}
