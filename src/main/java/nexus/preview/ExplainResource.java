package nexus.preview;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Collectors;
import nexus.api.json.Ids;
import nexus.api.page.Cursor;
import nexus.api.page.Page;
import nexus.api.page.QueryParameters;
import nexus.delivery.event.StoredEventRepository;
import nexus.delivery.event.WholeEvent;
import nexus.delivery.state.Delivery;
import nexus.delivery.state.DeliveryRepository;
import nexus.refusal.Refusal;
import nexus.subscription.Subscription;
import nexus.subscription.catalog.SubscriptionRepository;

/**
 * {@code GET /v1/events/{id}/explain}: for every subscription, whether it gets the event, and why. In pages, because each
 * filter of ten thousand is evaluated.
 */
@Singleton
@Path("/v1/events/{id}/explain")
@Produces(MediaType.APPLICATION_JSON)
public class ExplainResource {
    private static final String LIST = "explanations";

    private final Previewer previewer;
    private final StoredEventRepository events;
    private final SubscriptionRepository subscriptions;
    private final DeliveryRepository deliveries;
    private final Vertx vertx;

    @Inject
    ExplainResource(
            Previewer previewer,
            StoredEventRepository events,
            SubscriptionRepository subscriptions,
            DeliveryRepository deliveries,
            Vertx vertx) {
        this.previewer = previewer;
        this.events = events;
        this.subscriptions = subscriptions;
        this.deliveries = deliveries;
        this.vertx = vertx;
    }

    @GET
    public CompletionStage<Page<Explanation>> explainEvent(@PathParam("id") String id, @Context UriInfo uri) {
        QueryParameters query = QueryParameters.of(uri);
        Optional<UUID> only = query.uuid("subscriptionId");
        long below = query.below(LIST);
        int limit = query.limit();
        query.check();
        UUID known = Ids.inPath(id, "event");
        return events.whole(known)
                .map(found -> found.orElseThrow(() -> new Refusal.NotFound("There is no event with this id.")))
                .compose(event -> asked(only, below, limit)
                        .map(rows -> Page.of(rows, limit, last -> Cursor.of(LIST, last.lane())))
                        .compose(page ->
                                explained(event, page.data()).map(explained -> new Page<>(explained, page.next()))))
                .toCompletionStage();
    }

    /** One more than the page has shows that another page follows. */
    private Future<List<Subscription>> asked(Optional<UUID> only, long below, int limit) {
        return only.isPresent()
                ? subscriptions.find(only.get()).map(found -> found.stream().toList())
                : subscriptions.list(Optional.empty(), Optional.empty(), below, limit + 1);
    }

    private Future<List<Explanation>> explained(WholeEvent event, List<Subscription> page) {
        List<Integer> lanes = page.stream().map(Subscription::lane).toList();
        return deliveries.ofEvent(event.id(), lanes).compose(found -> {
            Map<UUID, Delivery> bySubscription =
                    found.stream().collect(Collectors.toMap(Delivery::subscriptionId, Function.identity()));
            return vertx.executeBlocking(
                    () -> page.stream()
                            .map(subscription -> Explanation.of(
                                    event,
                                    subscription,
                                    Optional.ofNullable(bySubscription.get(subscription.id())),
                                    previewer))
                            .toList(),
                    false);
        });
    }
}
