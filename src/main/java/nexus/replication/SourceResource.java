package nexus.replication;

import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.concurrent.CompletionStage;
import nexus.api.caller.AuditedChange;
import nexus.api.caller.ChangeNote;
import nexus.api.json.JsonBody;
import nexus.replication.source.SourceConfig;
import org.jboss.resteasy.reactive.RestResponse;

/** {@code /v1/source}: actions of operators on the source database. */
@Singleton
@Path("/v1/source")
@Produces(MediaType.APPLICATION_JSON)
public class SourceResource {
    private static final String NOW = "now";

    private final SourceReset reset;
    private final SourceConfig config;

    /** The accepted request. */
    record Accepted(String slot, String from, String status) {}

    @Inject
    SourceResource(SourceReset reset, SourceConfig config) {
        this.reset = reset;
        this.config = config;
    }

    @POST
    @Path("/reset")
    @Consumes(MediaType.APPLICATION_JSON)
    public CompletionStage<RestResponse<Accepted>> resetSource(byte[] body, @Context RoutingContext context) {
        JsonBody request = JsonBody.parse(body);
        request.require("from");
        request.oneOf("from", List.of(NOW));
        request.check();
        ChangeNote.fields(context, request.names());
        return reset.fromNow(AuditedChange.of(context, 202))
                .map(requested ->
                        RestResponse.status(RestResponse.Status.ACCEPTED, new Accepted(config.slot(), NOW, "accepted")))
                .toCompletionStage();
    }
}
