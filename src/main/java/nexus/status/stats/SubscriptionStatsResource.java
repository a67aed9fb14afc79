package nexus.status.stats;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.util.concurrent.CompletionStage;
import nexus.api.json.Ids;
import nexus.api.page.QueryParameters;
import nexus.refusal.Refusal;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/**
 * {@code GET /v1/subscriptions/{id}/stats}. The whole path stands at the class: with a shorter one here, requests would
 * go to the class of {@code /v1/subscriptions}, which does not know it.
 */
@Path("/v1/subscriptions/{id}/stats")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Subscriptions")
public class SubscriptionStatsResource {
    private final StatRepository stats;

    public SubscriptionStatsResource(StatRepository stats) {
        this.stats = stats;
    }

    @GET
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
                                                    "latencyMs":{"p50":12.0,"p95":48.0,"p99":210.0},\
                                                    "breaker":{"state":"closed","openedAt":null,"nextProbeAt":null,\
                                                    "until":null}}""")))
    @APIResponse(responseCode = "404", ref = "NotFound")
    public CompletionStage<SubscriptionStats> ofSubscription(@PathParam("id") String id, @Context UriInfo uri) {
        QueryParameters.of(uri).check();
        return stats.ofSubscription(Ids.inPath(id, "subscription"))
                .map(found -> found.orElseThrow(() -> new Refusal.NotFound("There is no subscription with this id.")))
                .toCompletionStage();
    }
}
