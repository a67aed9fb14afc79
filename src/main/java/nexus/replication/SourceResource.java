package nexus.replication;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.concurrent.CompletionStage;
import nexus.api.json.JsonBody;
import nexus.replication.source.SourceConfig;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.media.SchemaProperty;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** {@code /v1/source}: what a person may do about the source database. */
@Singleton
@Path("/v1/source")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Source", description = "The database whose row changes are captured.")
public class SourceResource {
    private static final String NOW = "now";
    private static final String REQUEST = "{\"from\": \"now\"}";
    private static final String ACCEPTED = """
            {"slot": "nexus", "from": "now", "status": "accepted"}""";

    private final SourceReset reset;
    private final SourceConfig config;

    /** What was asked for. */
    @Schema(name = "SourceResetAccepted")
    record Accepted(
            @Schema(examples = "nexus") String slot,
            @Schema(examples = NOW) String from,
            @Schema(examples = "accepted") String status) {}

    @Inject
    public SourceResource(SourceReset reset, SourceConfig config) {
        this.reset = reset;
        this.config = config;
    }

    @POST
    @Path("/reset")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "resetSource",
            summary = "Go on with a new slot after the old one was lost",
            description =
                    "The new slot is made in the background; what changed before it is a gap: it is recorded, shown"
                            + " in /v1/health and sent as nexus.source.gap. Refused while the slot can still be read.")
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema =
                                    @Schema(
                                            type = SchemaType.OBJECT,
                                            requiredProperties = "from",
                                            properties =
                                                    @SchemaProperty(
                                                            name = "from",
                                                            type = SchemaType.STRING,
                                                            enumeration = NOW,
                                                            description = "Changes committed from now on are sent.")),
                            examples = @ExampleObject(name = "now", value = REQUEST)))
    @APIResponse(
            responseCode = "202",
            description = "It will be done by the process that captures; /v1/health tells when.",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = Accepted.class),
                            examples = @ExampleObject(name = "accepted", value = ACCEPTED)))
    @APIResponse(responseCode = "409", ref = "Conflict")
    public CompletionStage<Response> reset(byte[] body) {
        JsonBody request = JsonBody.parse(body);
        request.require("from");
        request.oneOf("from", List.of(NOW));
        request.check();
        return reset.fromNow()
                .map(requested -> Response.status(Response.Status.ACCEPTED)
                        .entity(new Accepted(config.slot(), NOW, "accepted"))
                        .build())
                .toCompletionStage();
    }
}
