package nexus.publish;

import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.common.annotation.Blocking;
import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.random.RandomGenerator;
import nexus.api.caller.Caller;
import nexus.event.EventIdGenerator;
import nexus.event.IncomingEvent;
import nexus.intake.Accepted;
import nexus.intake.EventIntake;
import nexus.trace.Tracing;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/**
 * {@code POST /v1/events} and {@code /v1/events/batch}: contract section 4. Requests are read on a thread of their own, so
 * that a large one keeps no event loop from sending.
 */
@Singleton
@Path("/v1/events")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Events", description = "What happened.")
public class PublishResource {
    private final EventIntake intake;
    private final PublishRequest.Reader reader;
    private final Tracing tracing;
    private final Clock clock;

    /** The answer to a batch, in the order of its events. */
    @RegisterForReflection
    @Schema(name = "BatchAccepted")
    record BatchView(List<EventAcceptedView> events) {}

    @Inject
    public PublishResource(
            EventIntake intake, Tracing tracing, Clock clock, RandomGenerator random, PublishConfig config) {
        this.intake = intake;
        this.tracing = tracing;
        this.clock = clock;
        this.reader = new PublishRequest.Reader(new EventIdGenerator(clock, random), clock, config.retention());
    }

    @POST
    @Blocking
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "publishEvent",
            summary = "Publish one event",
            description = "Stored when the answer comes. data and metadata are delivered digit for digit. An eventId in"
                    + " the body does what the header Idempotency-Key does, for as long as events are kept; if it is a"
                    + " UUID, it becomes the event's id.")
    @Parameter(ref = "IdempotencyKey")
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(ref = "PublishedEvent"),
                            examples = @ExampleObject(name = "event", value = PublishExamples.EVENT)))
    @APIResponse(
            responseCode = "202",
            description = "Stored. Location names it; Idempotent-Replayed: true when it was there already.",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = EventAcceptedView.class),
                            examples = @ExampleObject(name = "accepted", value = PublishExamples.ACCEPTED)))
    @APIResponse(responseCode = "409", ref = "Conflict")
    public CompletionStage<Response> publish(byte[] body, @Context RoutingContext request) {
        PublishRequest asked = reader.one(body, key(request), Caller.of(request).scope());
        return store(asked, request)
                .map(accepted -> {
                    EventAcceptedView view = EventAcceptedView.of(accepted.getFirst());
                    return answer(accepted)
                            .header(HttpHeaders.LOCATION, "/v1/events/" + view.eventId())
                            .entity(view)
                            .build();
                })
                .toCompletionStage();
    }

    @POST
    @Path("/batch")
    @Blocking
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "publishEvents",
            summary = "Publish up to 1000 events, all or none",
            description = "In the order of the array. The header Idempotency-Key stands for the whole array, each"
                    + " eventId for its event.")
    @Parameter(ref = "IdempotencyKey")
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(ref = "PublishedBatch"),
                            examples = @ExampleObject(name = "batch", value = PublishExamples.BATCH)))
    @APIResponse(
            responseCode = "202",
            description = "Stored, all of them.",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = BatchView.class),
                            examples = @ExampleObject(name = "accepted", value = PublishExamples.BATCH_ACCEPTED)))
    @APIResponse(responseCode = "409", ref = "Conflict")
    public CompletionStage<Response> publishBatch(byte[] body, @Context RoutingContext request) {
        PublishRequest asked =
                reader.batch(body, key(request), Caller.of(request).scope());
        return store(asked, request)
                .map(accepted -> answer(accepted)
                        .entity(new BatchView(
                                accepted.stream().map(EventAcceptedView::of).toList()))
                        .build())
                .toCompletionStage();
    }

    private Future<List<Accepted>> store(PublishRequest asked, RoutingContext request) {
        Future<List<Accepted>> stored = intake.publish(asked.events(), asked.claims());
        if (!tracing.isOn()) {
            return stored;
        }
        Instant startedAt = clock.instant();
        Optional<String> caller = Optional.ofNullable(request.request().getHeader("traceparent"));
        return stored.onSuccess(accepted -> {
            for (int i = 0; i < accepted.size(); i++) {
                if (!accepted.get(i).deduplicated()) {
                    IncomingEvent event = asked.events().get(i);
                    tracing.published(event.id().value(), event.type().value(), startedAt, caller);
                }
            }
        });
    }

    private static Response.ResponseBuilder answer(List<Accepted> accepted) {
        Response.ResponseBuilder answer = Response.accepted();
        return accepted.stream().allMatch(Accepted::deduplicated)
                ? answer.header("Idempotent-Replayed", "true")
                : answer;
    }

    private static Optional<String> key(RoutingContext request) {
        return IdempotencyKey.parse(request.request().headers().getAll(IdempotencyKey.HEADER));
    }
}
