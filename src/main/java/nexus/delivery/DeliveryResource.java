package nexus.delivery;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.vertx.core.Future;
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
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import nexus.api.caller.AuditedChange;
import nexus.api.caller.ChangeNote;
import nexus.api.json.Ids;
import nexus.api.json.JsonBody;
import nexus.api.json.Timestamps;
import nexus.api.page.Cursor;
import nexus.api.page.Page;
import nexus.api.page.QueryParameters;
import nexus.attempt.Attempt;
import nexus.attempt.AttemptRepository;
import nexus.delivery.event.StoredEventRepository;
import nexus.delivery.overview.DeadGroupsView;
import nexus.delivery.overview.DeliveryOverview;
import nexus.delivery.overview.KeyWait;
import nexus.delivery.overview.LabelledDelivery;
import nexus.delivery.state.Delivery;
import nexus.delivery.state.DeliveryFilter;
import nexus.delivery.state.DeliveryId;
import nexus.delivery.state.DeliveryPosition;
import nexus.delivery.state.DeliveryRepository;
import nexus.delivery.state.DeliveryStatus;
import nexus.delivery.state.DeliveryView;
import nexus.event.EventKey;
import nexus.event.EventType;
import nexus.queue.owed.DeliveryKey;
import nexus.refusal.Refusal;
import org.jspecify.annotations.Nullable;

/** {@code /v1/deliveries}: lists deliveries, and retries and cancels them by hand. */
@Singleton
@Path("/v1/deliveries")
@Produces(MediaType.APPLICATION_JSON)
public class DeliveryResource {
    private static final String LIST = "deliveries";
    private static final int RESPONSE_CHARACTERS = 16 * 1024;
    private static final List<String> STATUSES =
            Stream.of(DeliveryStatus.values()).map(Enum::name).toList();
    private static final List<String> RETRYABLE = List.of(DeliveryStatus.DEAD.name(), DeliveryStatus.FAILED.name());

    private final DeliveryRepository deliveries;
    private final AttemptRepository attempts;
    private final StoredEventRepository events;
    private final DeliveryOverview overview;
    private final Redelivery redelivery;

    @Inject
    DeliveryResource(
            DeliveryRepository deliveries,
            AttemptRepository attempts,
            StoredEventRepository events,
            DeliveryOverview overview,
            Redelivery redelivery) {
        this.deliveries = deliveries;
        this.attempts = attempts;
        this.events = events;
        this.overview = overview;
        this.redelivery = redelivery;
    }

    /**
     * How much was retried.
     *
     * @param retried the number of deliveries that will be tried again
     * @param total of a dry run: the number of those that would be
     * @param complete of a dry run: whether there are no others
     * @param bySubscription of a dry run: the number of each subscription, the greatest first
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Retried(
            int retried,
            @Nullable Integer total,
            @Nullable Boolean complete,
            @Nullable Map<String, Integer> bySubscription) {
        static Retried of(int retried) {
            return new Retried(retried, null, null, null);
        }

        static Retried dryRun(Redelivery.Matching matching) {
            Map<String, Integer> counts = new LinkedHashMap<>();
            matching.bySubscription().forEach((id, count) -> counts.put(id.toString(), count));
            return new Retried(0, matching.total(), matching.isComplete(), counts);
        }
    }

    @GET
    public CompletionStage<Page<DeliveryView>> listDeliveries(@Context UriInfo uri) {
        QueryParameters query = QueryParameters.of(uri);
        DeliveryFilter filter = new DeliveryFilter(
                query.oneOf("status", STATUSES).map(DeliveryStatus::valueOf),
                query.uuid("subscriptionId"),
                query.uuid("eventId"),
                query.text("type"),
                query.timestamp("since"),
                query.timestamp("until"),
                query.oneOf("deadReason", DeliveryFilter.DEAD_REASONS),
                query.text("key").map(EventKey::parse),
                query.parsed("statusCode", DeliveryResource::statusCode));
        int limit = query.limit();
        DeliveryPosition before = query.cursorOfNumbers(LIST, 2)
                .map(cursor -> new DeliveryPosition(cursor.number(0), cursor.number(1)))
                .orElse(DeliveryPosition.NEWEST);
        query.check();
        return deliveries
                .list(filter, before, limit)
                .compose(page -> overview.labelled(page.deliveries())
                        .map(labelled -> new Page<>(
                                labelled.stream()
                                        .map(one -> DeliveryView.inList(
                                                one.delivery(), one.eventType(), one.subscription()))
                                        .toList(),
                                page.next()
                                        .map(next -> Cursor.of(LIST, next.eventSeq(), next.seq())
                                                .encode())
                                        .orElse(null))))
                .toCompletionStage();
    }

    private static int statusCode(String text, String parameter) {
        if (!text.matches("[1-9][0-9]{2}")) {
            throw new Refusal.Invalid(parameter, "must be a status code from 100 to 999");
        }
        return Integer.parseInt(text);
    }

    @GET
    @Path("/dead")
    public CompletionStage<DeadGroupsView> groupDeadDeliveries(@Context UriInfo uri) {
        QueryParameters query = QueryParameters.of(uri);
        Optional<UUID> subscription = query.uuid("subscriptionId");
        Optional<Instant> since = query.timestamp("since");
        Optional<Instant> until = query.timestamp("until");
        query.check();
        return overview.dead(subscription, since, until).map(DeadGroupsView::of).toCompletionStage();
    }

    @GET
    @Path("/{id}")
    public CompletionStage<DeliveryView> getDelivery(@PathParam("id") String id, @Context UriInfo uri) {
        QueryParameters.of(uri).check();
        return found(DeliveryId.inPath(id)).toCompletionStage();
    }

    @POST
    @Path("/{id}/retry")
    public CompletionStage<Retried> retryDelivery(@PathParam("id") String id, @Context RoutingContext context) {
        return redelivery
                .retry(DeliveryId.inPath(id), AuditedChange.of(context, 200))
                .map(done -> Retried.of(1))
                .toCompletionStage();
    }

    @POST
    @Path("/{id}/cancel")
    public CompletionStage<DeliveryView> cancelDelivery(@PathParam("id") String id, @Context RoutingContext context) {
        return redelivery
                .cancel(DeliveryId.inPath(id), AuditedChange.of(context, 200))
                .compose(this::withLog)
                .toCompletionStage();
    }

    @POST
    @Path("/events/{eventId}/retry")
    public CompletionStage<Retried> retryDeliveriesOfEvent(
            @PathParam("eventId") String eventId, @Context RoutingContext context) {
        UUID id = Ids.inPath(eventId, "event");
        AuditedChange audited = AuditedChange.of(context, 200);
        return events.find(id)
                .compose(event -> event.isEmpty()
                        ? Future.failedFuture(EventResource.notFound())
                        : redelivery.retryAll(DeliveryFilter.ofEvent(id), audited))
                .map(Retried::of)
                .toCompletionStage();
    }

    @POST
    @Path("/retry")
    @Consumes(MediaType.APPLICATION_JSON)
    public CompletionStage<Retried> retryDeliveries(byte[] body, @Context RoutingContext context) {
        JsonBody request = JsonBody.parse(body);
        DeliveryFilter filter = new DeliveryFilter(
                request.oneOf("status", RETRYABLE).map(DeliveryStatus::valueOf),
                request.parsed("subscriptionId", 36, Ids::uuid),
                Optional.empty(),
                request.text("type", EventType.MAX_ROW_CHANGE),
                request.parsed("since", 64, Timestamps::parse),
                request.parsed("until", 64, Timestamps::parse),
                request.oneOf("deadReason", DeliveryFilter.DEAD_REASONS));
        boolean isDryRun = request.bool("dryRun").orElse(false);
        request.check();
        if (isDryRun) {
            return redelivery.matching(filter).map(Retried::dryRun).toCompletionStage();
        }
        ChangeNote.fields(context, request.names());
        return redelivery
                .retryAll(filter, AuditedChange.of(context, 200))
                .map(Retried::of)
                .toCompletionStage();
    }

    private Future<DeliveryView> found(DeliveryId id) {
        return deliveries.find(id).compose(found -> found.map(this::withLog)
                .orElseGet(() -> Future.failedFuture(DeliveryId.notFound())));
    }

    private Future<DeliveryView> withLog(Delivery delivery) {
        DeliveryKey key = delivery.id().key();
        Future<Map<Long, List<Attempt>>> logs = attempts.ofDeliveries(List.of(key), RESPONSE_CHARACTERS);
        Future<List<LabelledDelivery>> labelled = overview.labelled(List.of(delivery));
        boolean isOwed = delivery.nextRunAt().isPresent();
        Future<KeyWait> wait = isOwed ? overview.keyWait(delivery.id()) : Future.succeededFuture(KeyWait.NONE);
        return Future.all(logs, labelled, wait).map(all -> {
            LabelledDelivery label = labelled.result().getFirst();
            return DeliveryView.withLog(
                    delivery,
                    label.eventType(),
                    label.subscription(),
                    Optional.of(wait.result()).filter(found -> isOwed).map(DeliveryResource::order),
                    logs.result().getOrDefault(key.seq(), List.of()));
        });
    }

    private static DeliveryView.Order order(KeyWait wait) {
        return new DeliveryView.Order(
                wait.isOrdered(),
                wait.attemptsBefore(),
                wait.ahead(),
                wait.first().map(DeliveryId::toString).orElse(null),
                wait.behind(),
                wait.next().map(DeliveryId::toString).orElse(null));
    }
}
