package nexus.subscription.api;

import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.security.SecureRandom;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import nexus.api.caller.AuditedChange;
import nexus.api.caller.Caller;
import nexus.api.caller.ChangeNote;
import nexus.api.json.Ids;
import nexus.api.json.JsonBody;
import nexus.api.page.Cursor;
import nexus.api.page.Page;
import nexus.api.page.QueryParameters;
import nexus.refusal.Refusal;
import nexus.subscription.Kind;
import nexus.subscription.Mode;
import nexus.subscription.SubscriptionDraft;
import nexus.subscription.catalog.SubscriptionRegistry;
import nexus.subscription.catalog.SubscriptionRepository;
import nexus.subscription.secret.SigningSecret;
import nexus.subscription.warning.Warning;
import org.jboss.resteasy.reactive.RestResponse;

/** {@code /v1/subscriptions}: which events are sent where. */
@Singleton
@Path("/v1/subscriptions")
@Produces(MediaType.APPLICATION_JSON)
public class SubscriptionResource {
    private static final String LIST = "subscriptions";

    private final SubscriptionRegistry registry;
    private final SubscriptionRepository repository;
    private final SecureRandom random = new SecureRandom();

    @Inject
    SubscriptionResource(SubscriptionRegistry registry, SubscriptionRepository repository) {
        this.registry = registry;
        this.repository = repository;
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    public CompletionStage<RestResponse<SubscriptionAnswer>> createSubscription(
            byte[] body, @Context RoutingContext context) {
        JsonBody request = JsonBody.parse(body);
        SubscriptionDraft draft = SubscriptionRequest.create(request, SigningSecret.generate(random));
        ChangeNote.fields(context, request.names());
        Optional<Warning> misread = SubscriptionRequest.secretWarning(request);
        return registry.create(Kind.SUBSCRIPTION, draft, AuditedChange.of(context, 201))
                .map(made -> made.with(misread))
                .map(made -> RestResponse.ResponseBuilder.create(
                                RestResponse.Status.CREATED, SubscriptionAnswer.created(made))
                        .header(
                                HttpHeaders.LOCATION,
                                "/v1/subscriptions/" + made.subscription().id())
                        .build())
                .toCompletionStage();
    }

    @GET
    public CompletionStage<Page<SubscriptionAnswer>> listSubscriptions(
            @Context UriInfo uri, @Context RoutingContext context) {
        boolean toManager = Caller.of(context).mayManage();
        QueryParameters query = QueryParameters.of(uri);
        Set<Mode> modes = modes(query);
        long below = query.below(LIST);
        int limit = query.limit();
        query.check();
        return repository
                .list(Optional.empty(), modes, below, limit + 1)
                .compose(registry::withLosses)
                .map(rows -> Page.of(
                                rows,
                                limit,
                                last -> Cursor.of(LIST, last.subscription().lane()))
                        .map(found -> SubscriptionAnswer.shown(found, toManager)))
                .toCompletionStage();
    }

    /** {@code ?state=} and {@code ?enabled=}. */
    private static Set<Mode> modes(QueryParameters query) {
        Set<Mode> modes = EnumSet.allOf(Mode.class);
        query.oneOf("state", Mode.WORDS).map(Mode::of).ifPresent(only -> modes.removeIf(mode -> mode != only));
        query.bool("enabled").ifPresent(enabled -> modes.removeIf(mode -> mode.owes() != enabled));
        return modes;
    }

    @GET
    @Path("/{id}")
    public CompletionStage<SubscriptionAnswer> getSubscription(
            @PathParam("id") String id, @Context UriInfo uri, @Context RoutingContext context) {
        boolean toManager = Caller.of(context).mayManage();
        QueryParameters.of(uri).check();
        UUID known = Ids.inPath(id, "subscription");
        return repository
                .find(known)
                .map(found -> found.orElseThrow(() -> new Refusal.NotFound("There is no subscription " + known + ".")))
                .compose(found -> registry.withLosses(List.of(found)))
                .map(found -> SubscriptionAnswer.shown(found.getFirst(), toManager))
                .toCompletionStage();
    }

    @PATCH
    @Path("/{id}")
    @Consumes(MediaType.APPLICATION_JSON)
    public CompletionStage<SubscriptionAnswer> changeSubscription(
            @PathParam("id") String id, byte[] body, @Context RoutingContext context) {
        UUID known = Ids.inPath(id, "subscription");
        JsonBody change = JsonBody.parse(body);
        SigningSecret generated = SigningSecret.generate(random);
        ChangeNote.fields(context, change.names());
        return registry.change(
                        known,
                        before -> SubscriptionRequest.change(change, before, generated),
                        AuditedChange.of(context, 200))
                .map(changed ->
                        SubscriptionAnswer.changed(changed.with(SubscriptionRequest.secretWarning(change)), generated))
                .toCompletionStage();
    }

    /** Holds what is owed, and goes on collecting. */
    @POST
    @Path("/{id}/pause")
    public CompletionStage<SubscriptionAnswer> pauseSubscription(
            @PathParam("id") String id, @Context RoutingContext context) {
        UUID known = Ids.inPath(id, "subscription");
        return registry.change(known, before -> before.draft().with(Mode.PAUSED), AuditedChange.of(context, 200))
                .map(paused -> SubscriptionAnswer.shown(paused, true))
                .toCompletionStage();
    }

    @DELETE
    @Path("/{id}")
    public CompletionStage<Void> deleteSubscription(@PathParam("id") String id, @Context RoutingContext context) {
        return registry.delete(Ids.inPath(id, "subscription"), Optional.empty(), AuditedChange.of(context, 204))
                .toCompletionStage();
    }
}
