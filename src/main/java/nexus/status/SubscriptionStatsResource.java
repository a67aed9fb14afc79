package nexus.status;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.concurrent.CompletionStage;
import nexus.Refusal;
import nexus.api.Ids;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/**
 * One subscription's counters. The whole path stands at the class: of several classes JAX-RS only looks into the one
 * whose path fits best, and that would be the subscriptions' own.
 */
@Path("/v1/subscriptions/{id}/stats")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Status")
public class SubscriptionStatsResource {
    private final StatRepository stats;

    public SubscriptionStatsResource(StatRepository stats) {
        this.stats = stats;
    }

    @GET
    @Operation(summary = "Count a subscription's deliveries, with its success rate and latencies")
    @APIResponse(
            responseCode = "200",
            description = "Rate and latencies are of the last attempts, at most 1000.",
            content = @Content(schema = @Schema(implementation = SubscriptionStats.class)))
    @APIResponse(responseCode = "404", description = "There is no such subscription.")
    public CompletionStage<SubscriptionStats> show(
            @Parameter(example = "6f0c1b9e-2f6c-4c1a-8a35-4f0d9a5b7c21") @PathParam("id") String id) {
        return stats.ofSubscription(Ids.inPath(id, "subscription"))
                .map(found -> found.orElseThrow(() -> new Refusal.NotFound("There is no subscription with this id.")))
                .toCompletionStage();
    }
}
