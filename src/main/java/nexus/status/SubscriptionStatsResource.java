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
<<<<<<< HEAD
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
=======
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
>>>>>>> e5f537492a871cf2d4672b16c2a1aba442ef8189
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/**
<<<<<<< HEAD
 * One subscription's counters. The whole path stands at the class: of several classes JAX-RS only looks into the one
 * whose path fits best, and that would be the subscriptions' own.
 */
@Path("/v1/subscriptions/{id}/stats")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Status")
=======
 * {@code GET /v1/subscriptions/{id}/stats}. The whole path stands at the class: with a shorter one here, requests would
 * go to the class of {@code /v1/subscriptions}, which does not know it.
 */
@Path("/v1/subscriptions/{id}/stats")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Subscriptions")
>>>>>>> e5f537492a871cf2d4672b16c2a1aba442ef8189
public class SubscriptionStatsResource {
    private final StatRepository stats;

    public SubscriptionStatsResource(StatRepository stats) {
        this.stats = stats;
    }

    @GET
<<<<<<< HEAD
    @Operation(summary = "Count a subscription's deliveries, with its success rate and latencies")
    @APIResponse(
            responseCode = "200",
            description = "Rate and latencies are of the last attempts, at most 1000.",
            content = @Content(schema = @Schema(implementation = SubscriptionStats.class)))
    @APIResponse(responseCode = "404", description = "There is no such subscription.")
    public CompletionStage<SubscriptionStats> show(
            @Parameter(example = "6f0c1b9e-2f6c-4c1a-8a35-4f0d9a5b7c21") @PathParam("id") String id) {
=======
    @Operation(operationId = "getSubscriptionStats", summary = "Count its deliveries, with success rate and latencies")
    @APIResponse(
            responseCode = "200",
            description = "Rate and latencies are of the last attempts, at most 1000.",
            content =
                    @Content(
                            schema = @Schema(implementation = SubscriptionStats.class),
                            examples = @ExampleObject(name = "stats", value = """
                                                    {"deliveriesTotal":2400,"deliveriesPending":3,\
                                                    "deliveriesSent":2390,"deliveriesFailed":2,"deliveriesDead":5,\
                                                    "recentAttempts":1000,"successRate":0.996,\
                                                    "latencyMs":{"p50":12.0,"p95":48.0,"p99":210.0}}""")))
    @APIResponse(responseCode = "404", ref = "NotFound")
    public CompletionStage<SubscriptionStats> ofSubscription(@PathParam("id") String id) {
>>>>>>> e5f537492a871cf2d4672b16c2a1aba442ef8189
        return stats.ofSubscription(Ids.inPath(id, "subscription"))
                .map(found -> found.orElseThrow(() -> new Refusal.NotFound("There is no subscription with this id.")))
                .toCompletionStage();
    }
}
