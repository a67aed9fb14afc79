package nexus.preview;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import nexus.api.json.Ids;
import nexus.api.page.Cursor;
import nexus.api.page.Page;
import nexus.api.page.QueryParameters;

/**
 * {@code GET /v1/events/{id}/explain}: for every subscription, whether it gets the event, and why. In pages, because each
 * filter of ten thousand is evaluated.
 */
@Singleton
@Path("/v1/events/{id}/explain")
@Produces(MediaType.APPLICATION_JSON)
public class ExplainResource {
    private static final String LIST = "explanations";

    private final Explanations explanations;

    @Inject
    ExplainResource(Explanations explanations) {
        this.explanations = explanations;
    }

    @GET
    public CompletionStage<Page<Explanation>> explainEvent(@PathParam("id") String id, @Context UriInfo uri) {
        QueryParameters query = QueryParameters.of(uri);
        Optional<UUID> only = query.uuid("subscriptionId");
        long below = query.below(LIST);
        int limit = query.limit();
        query.check();
        UUID known = Ids.inPath(id, "event");
        return explanations
                .of(known, only, below, limit)
                .map(rows -> Page.of(rows, limit, last -> Cursor.of(LIST, last.lane()))
                        .map(Explanations.OfLane::explanation))
                .toCompletionStage();
    }
}
