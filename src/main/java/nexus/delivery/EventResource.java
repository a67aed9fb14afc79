package nexus.delivery;

import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import nexus.api.caller.AuditedChange;
import nexus.api.json.Ids;
import nexus.api.page.Cursor;
import nexus.api.page.Page;
import nexus.api.page.QueryParameters;
import nexus.attempt.AttemptRepository;
import nexus.delivery.event.EventFilter;
import nexus.delivery.event.EventSummaryView;
import nexus.delivery.event.EventView;
import nexus.delivery.event.StoredEvent;
import nexus.delivery.event.StoredEventRepository;
import nexus.delivery.overview.DeliveryOverview;
import nexus.delivery.state.Delivery;
import nexus.delivery.state.DeliveryFilter;
import nexus.delivery.state.DeliveryPosition;
import nexus.delivery.state.DeliveryRepository;
import nexus.delivery.state.DeliveryView;
import nexus.event.EventKey;
import nexus.queue.override.PayloadErasure;
import nexus.queue.owed.DeliveryKey;
import nexus.refusal.Refusal;

/** {@code /v1/events}: lists stored events and erases payloads. Events are published in the room {@code publish}. */
@Singleton
@Path("/v1/events")
@Produces(MediaType.APPLICATION_JSON)
public class EventResource {
    private static final String LIST = "events";
    private static final int SHOWN_DELIVERIES = 250;
    private static final int RESPONSE_CHARACTERS = 1_024;

    private final StoredEventRepository events;
    private final DeliveryRepository deliveries;
    private final AttemptRepository attempts;
    private final PayloadErasure erasure;
    private final DeliveryOverview overview;

    @Inject
    EventResource(
            StoredEventRepository events,
            DeliveryRepository deliveries,
            AttemptRepository attempts,
            PayloadErasure erasure,
            DeliveryOverview overview) {
        this.events = events;
        this.deliveries = deliveries;
        this.attempts = attempts;
        this.erasure = erasure;
        this.overview = overview;
    }

    static Refusal.NotFound notFound() {
        return new Refusal.NotFound("There is no event with this id.");
    }

    @GET
    public CompletionStage<Page<EventSummaryView>> listEvents(@Context UriInfo uri) {
        QueryParameters query = QueryParameters.of(uri);
        EventFilter filter = new EventFilter(
                query.text("type"),
                query.timestamp("since"),
                query.timestamp("until"),
                query.text("key").map(EventKey::parse));
        int limit = query.limit();
        long before = query.below(LIST);
        query.check();
        return events.list(filter, before, limit)
                .map(page -> new Page<>(
                        page.events().stream().map(EventSummaryView::of).toList(),
                        page.next().isPresent()
                                ? Cursor.of(LIST, page.next().getAsLong()).encode()
                                : null))
                .toCompletionStage();
    }

    @GET
    @Path("/{id}")
    public CompletionStage<EventView> getEvent(@PathParam("id") String id, @Context UriInfo uri) {
        QueryParameters.of(uri).check();
        UUID eventId = Ids.inPath(id, "event");
        return found(eventId).compose(this::withDeliveries).toCompletionStage();
    }

    @GET
    @Path("/{id}/summary")
    public CompletionStage<EventSummaryView> getEventSummary(@PathParam("id") String id, @Context UriInfo uri) {
        QueryParameters.of(uri).check();
        return found(Ids.inPath(id, "event")).map(EventSummaryView::of).toCompletionStage();
    }

    @DELETE
    @Path("/{id}/payload")
    public CompletionStage<Void> erasePayload(@PathParam("id") String id, @Context RoutingContext context) {
        UUID event = Ids.inPath(id, "event");
        AuditedChange audited = AuditedChange.of(context, 204);
        return erasure.erase(event, transaction -> audited.complete(transaction, event.toString()))
                .<Void>map(found -> {
                    if (!found) {
                        throw notFound();
                    }
                    return null;
                })
                .toCompletionStage();
    }

    private Future<StoredEvent> found(UUID id) {
        return events.find(id).map(found -> found.orElseThrow(EventResource::notFound));
    }

    private Future<EventView> withDeliveries(StoredEvent event) {
        return deliveries
                .list(DeliveryFilter.ofEvent(event.id()), DeliveryPosition.NEWEST, SHOWN_DELIVERIES)
                .compose(page -> events.payload(event.id()).compose(payload -> withLogs(page.deliveries())
                        .map(shown -> EventView.of(event, payload, shown))));
    }

    private Future<List<DeliveryView>> withLogs(List<Delivery> shown) {
        List<DeliveryKey> keys =
                shown.stream().map(delivery -> delivery.id().key()).toList();
        return attempts.ofDeliveries(keys, RESPONSE_CHARACTERS)
                .compose(logs -> overview.labelled(shown).map(labelled -> labelled.stream()
                        .map(one -> DeliveryView.withLog(
                                one.delivery(),
                                one.eventType(),
                                one.subscription(),
                                Optional.empty(),
                                logs.getOrDefault(one.delivery().id().key().seq(), List.of())))
                        .toList()));
    }
}
