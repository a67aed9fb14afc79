package nexus.subscription.listener;

import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.security.SecureRandom;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import nexus.api.caller.AuditedChange;
import nexus.api.caller.Caller;
import nexus.api.caller.ChangeNote;
import nexus.api.json.Ids;
import nexus.api.json.JsonBody;
import nexus.api.page.Cursor;
import nexus.api.page.Envelope;
import nexus.api.page.Page;
import nexus.api.page.QueryParameters;
import nexus.subscription.Kind;
import nexus.subscription.Mode;
import nexus.subscription.SubscriptionDraft;
import nexus.subscription.catalog.SubscriptionRegistry;
import nexus.subscription.catalog.SubscriptionRepository;
import nexus.subscription.secret.SigningSecret;
import org.jboss.resteasy.reactive.RestResponse;

/** {@code /api/v1/listeners}: subscriptions to one kind of change of one table. */
@Singleton
@Path("/api/v1/listeners")
@Produces(MediaType.APPLICATION_JSON)
public class ListenerResource {
    private static final String LIST = "listeners";

    private final SubscriptionRegistry registry;
    private final SubscriptionRepository repository;
    private final SecureRandom random = new SecureRandom();

    @Inject
    ListenerResource(SubscriptionRegistry registry, SubscriptionRepository repository) {
        this.registry = registry;
        this.repository = repository;
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    public CompletionStage<RestResponse<Envelope<ListenerView>>> createListener(
            byte[] body, @Context RoutingContext context) {
        JsonBody request = JsonBody.parse(body);
        SubscriptionDraft draft = ListenerRequest.read(request, SigningSecret.generate(random));
        ChangeNote.fields(context, request.names());
        return registry.create(Kind.LISTENER, draft, AuditedChange.of(context, 201))
                .onSuccess(
                        made -> ChangeNote.id(context, made.subscription().id().toString()))
                .map(made -> RestResponse.status(
                        RestResponse.Status.CREATED,
                        Envelope.of("Listener created successfully", ListenerView.created(made))))
                .toCompletionStage();
    }

    @GET
    public CompletionStage<Envelope<List<ListenerView>>> listListeners(
            @Context UriInfo uri, @Context RoutingContext context) {
        boolean toManager = Caller.of(context).mayManage();
        QueryParameters query = QueryParameters.of(uri);
        long below = query.below(LIST);
        int limit = query.limit();
        query.check();
        return repository
                .list(Optional.of(Kind.LISTENER), EnumSet.allOf(Mode.class), below, limit + 1)
                .map(rows -> Envelope.of(Page.of(rows, limit, last -> Cursor.of(LIST, last.lane()))
                        .map(listener -> ListenerView.of(listener, toManager))))
                .toCompletionStage();
    }

    @DELETE
    @Path("/{id}")
    public CompletionStage<Void> deleteListener(@PathParam("id") String id, @Context RoutingContext context) {
        return registry.delete(Ids.inPath(id, "listener"), Optional.of(Kind.LISTENER), AuditedChange.of(context, 204))
                .toCompletionStage();
    }
}
