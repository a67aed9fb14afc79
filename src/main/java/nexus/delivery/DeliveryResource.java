package nexus.delivery;

import io.vertx.core.Future;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
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
import java.util.stream.Stream;
import nexus.api.json.Ids;
import nexus.api.json.JsonBody;
import nexus.api.json.Timestamps;
import nexus.api.page.Cursor;
import nexus.api.page.Page;
import nexus.api.page.QueryParameters;
import nexus.attempt.AttemptRepository;
import nexus.delivery.event.StoredEventRepository;
import nexus.delivery.state.Delivery;
import nexus.delivery.state.DeliveryFilter;
import nexus.delivery.state.DeliveryId;
import nexus.delivery.state.DeliveryPosition;
import nexus.delivery.state.DeliveryRepository;
import nexus.delivery.state.DeliveryStatus;
import nexus.delivery.state.DeliveryView;
import nexus.event.EventType;
import nexus.queue.owed.DeliveryKey;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.media.SchemaProperty;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What became of each event at each subscription, and what a person may do about it. */
@Path("/v1/deliveries")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Deliveries")
public class DeliveryResource {
    private static final String LIST = "deliveries";
    private static final int RESPONSE_CHARACTERS = 16 * 1024;
    private static final List<String> STATUSES =
            Stream.of(DeliveryStatus.values()).map(Enum::name).toList();
    private static final List<String> RETRYABLE = List.of(DeliveryStatus.DEAD.name(), DeliveryStatus.FAILED.name());

    private final DeliveryRepository deliveries;
    private final AttemptRepository attempts;
    private final StoredEventRepository events;
    private final Redelivery redelivery;

    public DeliveryResource(
            DeliveryRepository deliveries,
            AttemptRepository attempts,
            StoredEventRepository events,
            Redelivery redelivery) {
        this.deliveries = deliveries;
        this.attempts = attempts;
        this.events = events;
        this.redelivery = redelivery;
    }

    /** @param retried how many deliveries will be tried again */
    @Schema(name = "Retried")
    record Retried(@Schema(examples = "1") int retried) {}

    @GET
    @Operation(
            operationId = "listDeliveries",
            summary = "List deliveries, newest first",
            description = "Only what is kept is listed (RETENTION). A page may hold fewer deliveries than asked for,"
                    + " even none, and still have a next: the search was cut short; go on with the cursor.")
    @Parameter(
            name = "status",
            in = ParameterIn.QUERY,
            description = "Only those in this status.",
            example = "DEAD",
            schema = @Schema(implementation = DeliveryStatus.class))
    @Parameter(
            name = "subscriptionId",
            in = ParameterIn.QUERY,
            description = "Only those of this subscription, deleted or not.",
            example = "6f0c1b9e-2f6c-4c1a-8a35-4f0d9a5b7c21",
            schema = @Schema(type = SchemaType.STRING, format = "uuid"))
    @Parameter(
            name = "eventId",
            in = ParameterIn.QUERY,
            description = "Only those of this event.",
            example = "0199a3c4-7f6e-7b3a-9c51-2d1f6a0b8e11",
            schema = @Schema(type = SchemaType.STRING, format = "uuid"))
    @Parameter(name = "type", in = ParameterIn.QUERY)
    @Parameter(name = "since", in = ParameterIn.QUERY)
    @Parameter(name = "until", in = ParameterIn.QUERY)
    @Parameter(name = "limit", in = ParameterIn.QUERY)
    @Parameter(name = "cursor", in = ParameterIn.QUERY)
    @APIResponse(
            responseCode = "200",
            description = "One page of them, without attemptLog.",
            content =
                    @Content(
                            schema =
                                    @Schema(
                                            type = SchemaType.OBJECT,
                                            properties = {
                                                @SchemaProperty(
                                                        name = "data",
                                                        type = SchemaType.ARRAY,
                                                        implementation = DeliveryView.class),
                                                @SchemaProperty(name = "next", ref = "Next")
                                            }),
                            examples = @ExampleObject(name = "page", value = DeliveryExamples.DELIVERIES)))
    public CompletionStage<Page<DeliveryView>> list(@Context UriInfo uri) {
        QueryParameters query = QueryParameters.of(uri);
        DeliveryFilter filter = new DeliveryFilter(
                query.oneOf("status", STATUSES).map(DeliveryStatus::valueOf),
                query.uuid("subscriptionId"),
                query.uuid("eventId"),
                query.text("type"),
                query.timestamp("since"),
                query.timestamp("until"));
        int limit = query.limit();
        DeliveryPosition before = query.cursorOfNumbers(LIST, 2)
                .map(cursor -> new DeliveryPosition(cursor.number(0), cursor.number(1)))
                .orElse(DeliveryPosition.NEWEST);
        query.check();
        return deliveries
                .list(filter, before, limit)
                .map(page -> new Page<>(
                        page.deliveries().stream().map(DeliveryView::inList).toList(),
                        page.next()
                                .map(next -> Cursor.of(LIST, next.eventSeq(), next.seq())
                                        .encode())
                                .orElse(null)))
                .toCompletionStage();
    }

    @GET
    @Path("{id}")
    @Operation(operationId = "getDelivery", summary = "Show a delivery with its attempts")
    @APIResponse(
            responseCode = "200",
            description = "The delivery with its attemptLog, the oldest attempt first.",
            content =
                    @Content(
                            schema = @Schema(implementation = DeliveryView.class),
                            examples = @ExampleObject(name = "delivery", value = DeliveryExamples.SHOWN)))
    @APIResponse(responseCode = "404", description = "There is none, or it is no longer kept.")
    public CompletionStage<DeliveryView> show(
            @Parameter(example = "dlv_1_20260131_12_3_4567") @PathParam("id") String id, @Context UriInfo uri) {
        QueryParameters.of(uri).check();
        return found(DeliveryId.inPath(id)).toCompletionStage();
    }

    @POST
    @Path("{id}/retry")
    @Operation(
            operationId = "retryDelivery",
            summary = "Retry a delivery now",
            description = "With a fresh budget of attempts. It may bring an old version of a row after newer ones: the"
                    + " one exception to order.")
    @APIResponse(
            responseCode = "200",
            description = "It is PENDING again.",
            content =
                    @Content(
                            schema = @Schema(implementation = Retried.class),
                            examples = @ExampleObject(name = "retried", value = "{\"retried\":1}")))
    @APIResponse(responseCode = "404", description = "There is none, or it is no longer kept.")
    @APIResponse(responseCode = "409", description = "It is not DEAD or FAILED, or its subscription is deleted.")
    @APIResponse(responseCode = "410", description = "Its payload is no longer kept.")
    public CompletionStage<Retried> retry(@Parameter(example = "dlv_1_20260131_12_3_4567") @PathParam("id") String id) {
        return redelivery
                .retry(DeliveryId.inPath(id))
                .map(done -> new Retried(1))
                .toCompletionStage();
    }

    @POST
    @Path("{id}/cancel")
    @Operation(
            operationId = "cancelDelivery",
            summary = "Give a delivery up",
            description = "PENDING or FAILED becomes DEAD with deadReason cancelled. A request that is under way may"
                    + " still arrive.")
    @APIResponse(
            responseCode = "200",
            description = "The delivery as it is now.",
            content =
                    @Content(
                            schema = @Schema(implementation = DeliveryView.class),
                            examples = @ExampleObject(name = "cancelled", value = DeliveryExamples.CANCELLED)))
    @APIResponse(responseCode = "404", description = "There is none, or it is no longer kept.")
    @APIResponse(responseCode = "409", description = "It is SENT or DEAD.")
    public CompletionStage<DeliveryView> cancel(
            @Parameter(example = "dlv_1_20260131_12_3_4567") @PathParam("id") String id) {
        DeliveryId deliveryId = DeliveryId.inPath(id);
        return redelivery.cancel(deliveryId).compose(this::withLog).toCompletionStage();
    }

    @POST
    @Path("events/{eventId}/retry")
    @Operation(
            operationId = "retryDeliveriesOfEvent",
            summary = "Retry every delivery of an event that is DEAD or FAILED")
    @APIResponse(
            responseCode = "200",
            description = "How many are PENDING again; those of deleted subscriptions are left out.",
            content =
                    @Content(
                            schema = @Schema(implementation = Retried.class),
                            examples = @ExampleObject(name = "retried", value = "{\"retried\":2}")))
    @APIResponse(responseCode = "404", description = "There is no such event, or it is no longer kept.")
    public CompletionStage<Retried> retryOfEvent(@PathParam("eventId") String eventId) {
        UUID id = Ids.inPath(eventId, "event");
        return events.find(id)
                .compose(event -> event.isEmpty()
                        ? Future.failedFuture(EventResource.notFound())
                        : redelivery.retryAll(DeliveryFilter.ofEvent(id)))
                .map(Retried::new)
                .toCompletionStage();
    }

    @POST
    @Path("retry")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "retryDeliveries",
            summary = "Retry all deliveries that match",
            description = "Fields: status (DEAD or FAILED; both when absent), subscriptionId, type (exactly), since,"
                    + " until. An empty object retries everything that is DEAD or FAILED. It goes in steps of 1000;"
                    + " after an error, send it again: what was retried is not retried twice.")
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(ref = "RetryFilter"),
                            examples = @ExampleObject(name = "after an outage", value = """
                                                    {"status":"DEAD","subscriptionId":"6f0c1b9e-2f6c-4c1a-8a35-4f0d9a5b7c21","since":"2026-01-31T00:00:00Z"}""")))
    @APIResponse(
            responseCode = "200",
            description = "How many are PENDING again.",
            content =
                    @Content(
                            schema = @Schema(implementation = Retried.class),
                            examples = @ExampleObject(name = "retried", value = "{\"retried\":1234}")))
    public CompletionStage<Retried> retryMatching(byte[] bytes) {
        JsonBody body = JsonBody.parse(bytes);
        DeliveryFilter filter = new DeliveryFilter(
                body.oneOf("status", RETRYABLE).map(DeliveryStatus::valueOf),
                body.parsed("subscriptionId", 36, Ids::uuid),
                Optional.empty(),
                body.text("type", EventType.MAX_ROW_CHANGE),
                body.parsed("since", 64, Timestamps::parse),
                body.parsed("until", 64, Timestamps::parse));
        body.check();
        return redelivery.retryAll(filter).map(Retried::new).toCompletionStage();
    }

    private Future<DeliveryView> found(DeliveryId id) {
        return deliveries.find(id).compose(found -> found.map(this::withLog)
                .orElseGet(() -> Future.failedFuture(DeliveryId.notFound())));
    }

    private Future<DeliveryView> withLog(Delivery delivery) {
        DeliveryKey key = delivery.id().key();
        return attempts.ofDeliveries(List.of(key), RESPONSE_CHARACTERS)
                .map(log -> DeliveryView.withLog(delivery, log.getOrDefault(key.seq(), List.of())));
    }
}
