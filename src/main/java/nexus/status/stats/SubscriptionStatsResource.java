package nexus.status.stats;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
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

/**
 * {@code GET /v1/subscriptions/{id}/stats}. The class declares the whole path, because with a shorter one
 * requests would be routed to the class of {@code /v1/subscriptions}, which has no such method.
 */
@Singleton
@Path("/v1/subscriptions/{id}/stats")
@Produces(MediaType.APPLICATION_JSON)
public class SubscriptionStatsResource {
    private final StatRepository stats;

    @Inject
    SubscriptionStatsResource(StatRepository stats) {
        this.stats = stats;
    }

    @GET
    public CompletionStage<SubscriptionStats> getSubscriptionStats(@PathParam("id") String id, @Context UriInfo uri) {
        QueryParameters.of(uri).check();
        return stats.ofSubscription(Ids.inPath(id, "subscription"))
                .map(found -> found.orElseThrow(() -> new Refusal.NotFound("There is no subscription with this id.")))
                .toCompletionStage();
    }
}
