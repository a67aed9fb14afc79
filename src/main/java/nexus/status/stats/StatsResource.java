package nexus.status.stats;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.util.concurrent.CompletionStage;
import nexus.api.page.QueryParameters;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** {@code GET /v1/stats}: counters; a few rows are read, never history. */
@Path("/v1/stats")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Status")
public class StatsResource {
    private final StatRepository stats;

    public StatsResource(StatRepository stats) {
        this.stats = stats;
    }

    @GET
    @Operation(operationId = "getStats", summary = "Count events and deliveries")
    @APIResponse(
            responseCode = "200",
            description = "Since this store was made; Nexus's own events are not counted.",
            content =
                    @Content(
                            schema = @Schema(implementation = Stats.class),
                            examples = @ExampleObject(name = "stats", value = """
                                                    {"eventsTotal":1200,"deliveriesTotal":2400,"deliveriesPending":3,\
                                                    "deliveriesSent":2390,"deliveriesFailed":2,"deliveriesDead":5}""")))
    public CompletionStage<Stats> totals(@Context UriInfo uri) {
        QueryParameters.of(uri).check();
        return stats.totals().toCompletionStage();
    }
}
