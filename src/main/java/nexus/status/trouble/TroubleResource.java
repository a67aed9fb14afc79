package nexus.status.trouble;

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

/** {@code GET /v1/troubles}: the subscriptions that do not deliver, and why. */
@Singleton
@Path("/v1/troubles")
@Produces(MediaType.APPLICATION_JSON)
public class TroubleResource {
    private final TroubleRepository troubles;

    @Inject
    TroubleResource(TroubleRepository troubles) {
        this.troubles = troubles;
    }

    @GET
    public CompletionStage<Troubles> getTroubles(@Context UriInfo uri) {
        QueryParameters.of(uri).check();
        return troubles.all().toCompletionStage();
    }
}
