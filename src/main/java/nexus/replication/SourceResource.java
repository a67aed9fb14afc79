package nexus.replication;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.concurrent.CompletionStage;
import nexus.api.json.JsonBody;
import nexus.replication.source.SourceConfig;
import org.jboss.resteasy.reactive.RestResponse;

/** {@code /v1/source}: what a person may do about the source database. */
@Singleton
@Path("/v1/source")
@Produces(MediaType.APPLICATION_JSON)
public class SourceResource {
    private static final String NOW = "now";

    private final SourceReset reset;
    private final SourceConfig config;

    /** What was asked for. */
    record Accepted(String slot, String from, String status) {}

    @Inject
    SourceResource(SourceReset reset, SourceConfig config) {
        this.reset = reset;
        this.config = config;
    }

    @POST
    @Path("/reset")
    @Consumes(MediaType.APPLICATION_JSON)
    public CompletionStage<RestResponse<Accepted>> reset(byte[] body) {
        JsonBody request = JsonBody.parse(body);
        request.require("from");
        request.oneOf("from", List.of(NOW));
        request.check();
        return reset.fromNow()
                .map(requested ->
                        RestResponse.status(RestResponse.Status.ACCEPTED, new Accepted(config.slot(), NOW, "accepted")))
                .toCompletionStage();
    }
}
