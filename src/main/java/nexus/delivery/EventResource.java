package nexus.delivery;

import io.vertx.core.Future;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
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
import nexus.delivery.state.Delivery;
import nexus.delivery.state.DeliveryFilter;
import nexus.delivery.state.DeliveryPosition;
import nexus.delivery.state.DeliveryRepository;
import nexus.delivery.state.DeliveryView;
import nexus.queue.override.PayloadErasure;
import nexus.queue.owed.DeliveryKey;
import nexus.refusal.Refusal;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.media.SchemaProperty;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Events that are stored, and what became of them. Publishing is another room's. */
@Path("/v1/events")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Events")
public class EventResource {
    private static final String LIST = "events";
    private static final int SHOWN_DELIVERIES = 250;
    private static final int RESPONSE_CHARACTERS = 1_024;

    private final StoredEventRepository events;
    private final DeliveryRepository deliveries;
    private final AttemptRepository attempts;
    private final PayloadErasure erasure;

    public EventResource(
            StoredEventRepository events,
            DeliveryRepository deliveries,
            AttemptRepository attempts,
            PayloadErasure erasure) {
        this.events = events;
        this.deliveries = deliveries;
        this.attempts = attempts;
        this.erasure = erasure;
    }

    static Refusal.NotFound notFound() {
        return new Refusal.NotFound("There is no event with this id.");
    }

    @GET
    @Operation(
            operationId = "listEvents",
            summary = "List events, newest first",
            description = "Without payload and attempts: those are in GET /v1/events/{id}. In the order in which Nexus"
                    + " stored them. A page may hold fewer events than asked for, even none, and still have a next: the"
                    + " search was cut short; go on with the cursor.")
    @Parameter(name = "type", in = ParameterIn.QUERY)
    @Parameter(name = "since", in = ParameterIn.QUERY)
    @Parameter(name = "until", in = ParameterIn.QUERY)
    @Parameter(name = "limit", in = ParameterIn.QUERY)
    @Parameter(name = "cursor", in = ParameterIn.QUERY)
    @APIResponse(
            responseCode = "200",
            description = "One page of them.",
            content =
                    @Content(
                            schema =
                                    @Schema(
                                            type = SchemaType.OBJECT,
                                            properties = {
                                                @SchemaProperty(
                                                        name = "data",
                                                        type = SchemaType.ARRAY,
                                                        implementation = EventSummaryView.class),
                                                @SchemaProperty(name = "next", ref = "Next")
                                            }),
                            examples = @ExampleObject(name = "page", value = DeliveryExamples.EVENTS)))
    public CompletionStage<Page<EventSummaryView>> list(@Context UriInfo uri) {
        QueryParameters query = QueryParameters.of(uri);
        EventFilter filter = new EventFilter(query.text("type"), query.timestamp("since"), query.timestamp("until"));
        int limit = query.limit();
        long before =
                query.cursorOfNumbers(LIST, 1).map(cursor -> cursor.number(0)).orElse(Long.MAX_VALUE);
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
    @Path("{id}")
    @Operation(operationId = "getEvent", summary = "Show an event with its payload, deliveries and attempts")
    @APIResponse(
            responseCode = "200",
            description = "The payload is the one that is sent, digit for digit.",
            content =
                    @Content(
                            schema = @Schema(implementation = EventView.class),
                            examples = @ExampleObject(name = "event", value = DeliveryExamples.EVENT)))
    @APIResponse(responseCode = "404", description = "There is none, or it is no longer kept.")
    public CompletionStage<EventView> show(
            @Parameter(example = "0199a3c4-7f6e-7b3a-9c51-2d1f6a0b8e11") @PathParam("id") String id,
            @Context UriInfo uri) {
        QueryParameters.of(uri).check();
        UUID eventId = Ids.inPath(id, "event");
        return found(eventId).compose(this::withDeliveries).toCompletionStage();
    }

    @GET
    @Path("{id}/summary")
    @Operation(operationId = "getEventSummary", summary = "Show what became of an event")
    @APIResponse(
            responseCode = "200",
            description = "Its status and how many deliveries are in which.",
            content =
                    @Content(
                            schema = @Schema(implementation = EventSummaryView.class),
                            examples = @ExampleObject(name = "summary", value = DeliveryExamples.SUMMARY)))
    @APIResponse(responseCode = "404", description = "There is none, or it is no longer kept.")
    public CompletionStage<EventSummaryView> summary(
            @Parameter(example = "0199a3c4-7f6e-7b3a-9c51-2d1f6a0b8e11") @PathParam("id") String id,
            @Context UriInfo uri) {
        QueryParameters.of(uri).check();
        return found(Ids.inPath(id, "event")).map(EventSummaryView::of).toCompletionStage();
    }

    @DELETE
    @Path("{id}/payload")
    @Operation(
            operationId = "erasePayload",
            summary = "Erase what an event carries",
            description =
                    "For good: the payload, and what receivers answered, as an answer may repeat it. That the event"
                            + " was, its type, its times and what became of its deliveries stay until RETENTION. What is still"
                            + " owed becomes DEAD with deadReason payload-erased; a retry is 410. A request that is under way, or"
                            + " begun within the next second, may still arrive. Once more changes nothing.")
    @APIResponse(responseCode = "204", description = "It is erased.")
    @APIResponse(responseCode = "404", description = "There is none, or it is no longer kept.")
    public CompletionStage<Void> erasePayload(
            @Parameter(example = "0199a3c4-7f6e-7b3a-9c51-2d1f6a0b8e11") @PathParam("id") String id) {
        return erasure.erase(Ids.inPath(id, "event"))
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
        return attempts.ofDeliveries(keys, RESPONSE_CHARACTERS).map(logs -> shown.stream()
                .map(delivery -> DeliveryView.withLog(
                        delivery, logs.getOrDefault(delivery.id().key().seq(), List.of())))
                .toList());
    }
}
