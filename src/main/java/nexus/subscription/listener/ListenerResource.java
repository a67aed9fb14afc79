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
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.security.SecureRandom;
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
import nexus.subscription.Door;
import nexus.subscription.SubscriptionSettings;
import nexus.subscription.catalog.SubscriptionRegistry;
import nexus.subscription.catalog.SubscriptionRepository;
import nexus.subscription.secret.SigningSecret;
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

/** {@code /api/v1/listeners}: contract section 5. */
@Singleton
@Path("/api/v1/listeners")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Listeners", description = "The older API: subscriptions to one kind of change of one table.")
public class ListenerResource {
    private static final String LIST = "listeners";

    private final SubscriptionRegistry registry;
    private final SubscriptionRepository repository;
    private final SecureRandom random = new SecureRandom();

    @Inject
    public ListenerResource(SubscriptionRegistry registry, SubscriptionRepository repository) {
        this.registry = registry;
        this.repository = repository;
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "createListener",
            summary = "Listen to one kind of change of one table",
            description = "Takes effect at once: changes committed after the answer are delivered.")
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema =
                                    @Schema(
                                            allOf = ListenerView.class,
                                            requiredProperties = {"name", "source_table", "event", "target_url"}),
                            examples = @ExampleObject(name = "create", value = ListenerExamples.CREATE)))
    @APIResponse(
            responseCode = "201",
            description = "Made. The secret is shown only here.",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema =
                                    @Schema(
                                            type = SchemaType.OBJECT,
                                            properties = {
                                                @SchemaProperty(name = "success", type = SchemaType.BOOLEAN),
                                                @SchemaProperty(name = "message", type = SchemaType.STRING),
                                                @SchemaProperty(name = "data", implementation = ListenerView.class)
                                            }),
                            examples = @ExampleObject(name = "created", value = ListenerExamples.CREATED)))
    @APIResponse(responseCode = "409", ref = "Conflict")
    public CompletionStage<Response> create(byte[] body, @Context RoutingContext context) {
        JsonBody request = JsonBody.parse(body);
        SubscriptionSettings settings = ListenerRequest.read(request, SigningSecret.generate(random));
        ChangeNote.fields(context, request.names());
        return registry.create(Door.LISTENER, settings, AuditedChange.of(context, 201))
                .onSuccess(
                        made -> ChangeNote.id(context, made.subscription().id().toString()))
                .map(made -> Response.status(Response.Status.CREATED)
                        .entity(Envelope.of("Listener created successfully", ListenerView.created(made)))
                        .build())
                .toCompletionStage();
    }

    @GET
    @Operation(operationId = "listListeners", summary = "All listeners, newest first")
    @Parameter(name = "limit", in = ParameterIn.QUERY)
    @Parameter(name = "cursor", in = ParameterIn.QUERY)
    @APIResponse(
            responseCode = "200",
            description = "One page of them; next is there when another follows.",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema =
                                    @Schema(
                                            type = SchemaType.OBJECT,
                                            properties = {
                                                @SchemaProperty(name = "success", type = SchemaType.BOOLEAN),
                                                @SchemaProperty(name = "count", type = SchemaType.INTEGER),
                                                @SchemaProperty(
                                                        name = "data",
                                                        type = SchemaType.ARRAY,
                                                        implementation = ListenerView.class),
                                                @SchemaProperty(name = "next", ref = "Next")
                                            }),
                            examples = @ExampleObject(name = "page", value = ListenerExamples.LIST)))
    public CompletionStage<Envelope<List<ListenerView>>> list(@Context UriInfo uri, @Context RoutingContext context) {
        boolean toManager = Caller.of(context).mayManage();
        QueryParameters query = QueryParameters.of(uri);
        Optional<Integer> below = query.cursorOfNumbers(LIST, 1).map(cursor -> (int) cursor.number(0));
        int limit = query.limit();
        query.check();
        return repository
                .list(Optional.of(Door.LISTENER), Optional.empty(), below, limit + 1)
                .map(rows -> Envelope.of(Page.of(rows, limit, last -> Cursor.of(LIST, last.lane()))
                        .map(listener -> ListenerView.of(listener, toManager))))
                .toCompletionStage();
    }

    @DELETE
    @Path("/{id}")
    @Operation(operationId = "deleteListener", summary = "Remove it")
    @APIResponse(responseCode = "204", description = "Removed.")
    public CompletionStage<Void> delete(@PathParam("id") String id, @Context RoutingContext context) {
        return registry.delete(Ids.inPath(id, "listener"), Optional.of(Door.LISTENER), AuditedChange.of(context, 204))
                .toCompletionStage();
    }
}
