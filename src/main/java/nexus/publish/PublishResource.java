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
import org.jboss.resteasy.reactive.RestResponse;

/**
 * {@code POST /v1/events} and {@code /v1/events/batch}: events that callers publish. Requests are parsed on worker
 * threads, so that a large one does not block an event loop.
 */
@Singleton
@Path("/v1/events")
@Produces(MediaType.APPLICATION_JSON)
public class PublishResource {
    private final EventIntake intake;
    private final PublishRequest.Reader reader;
    private final Tracing tracing;
    private final Clock clock;

    /** The answer to a batch, in the order of its events. */
    @RegisterForReflection
    record BatchView(List<EventAcceptedView> events) {}

    @Inject
    PublishResource(EventIntake intake, Tracing tracing, Clock clock, RandomGenerator random, PublishConfig config) {
        this.intake = intake;
        this.tracing = tracing;
        this.clock = clock;
        this.reader = new PublishRequest.Reader(new EventIdGenerator(clock, random), clock, config.retention());
    }

    @POST
    @Blocking
    @Consumes(MediaType.APPLICATION_JSON)
    public CompletionStage<RestResponse<EventAcceptedView>> publishEvent(byte[] body, @Context RoutingContext context) {
        PublishRequest asked = reader.one(body, key(context), Caller.of(context).scope());
        return store(asked, context)
                .map(accepted -> {
                    EventAcceptedView view = EventAcceptedView.of(accepted.getFirst());
                    return answer(accepted, view)
                            .header(HttpHeaders.LOCATION, "/v1/events/" + view.eventId())
                            .build();
                })
                .toCompletionStage();
    }

    @POST
    @Path("/batch")
    @Blocking
    @Consumes(MediaType.APPLICATION_JSON)
    public CompletionStage<RestResponse<BatchView>> publishEvents(byte[] body, @Context RoutingContext context) {
        PublishRequest asked =
                reader.batch(body, key(context), Caller.of(context).scope());
        return store(asked, context)
                .map(accepted -> answer(
                                accepted,
                                new BatchView(accepted.stream()
                                        .map(EventAcceptedView::of)
                                        .toList()))
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

    private static <T> RestResponse.ResponseBuilder<T> answer(List<Accepted> accepted, T body) {
        RestResponse.ResponseBuilder<T> answer =
                RestResponse.ResponseBuilder.create(RestResponse.Status.ACCEPTED, body);
        return accepted.stream().allMatch(Accepted::deduplicated)
                ? answer.header("Idempotent-Replayed", "true")
                : answer;
    }

    private static Optional<String> key(RoutingContext request) {
        return IdempotencyKey.parse(request.request().headers().getAll(IdempotencyKey.HEADER));
    }
}
