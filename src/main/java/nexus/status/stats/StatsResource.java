package nexus.status.stats;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.util.concurrent.CompletionStage;
import nexus.api.page.QueryParameters;

/** {@code GET /v1/stats}: counters, read from a few rows and never from history. */
@Singleton
@Path("/v1/stats")
@Produces(MediaType.APPLICATION_JSON)
public class StatsResource {
    private final StatRepository stats;

    @Inject
    StatsResource(StatRepository stats) {
        this.stats = stats;
    }

    @GET
    public CompletionStage<Stats> getStats(@Context UriInfo uri) {
        QueryParameters.of(uri).check();
        return stats.totals().toCompletionStage();
    }
}
