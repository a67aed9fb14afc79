package nexus.source;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.util.concurrent.CompletionStage;
import nexus.api.page.Cursor;
import nexus.api.page.Page;
import nexus.api.page.QueryParameters;
import nexus.replication.position.SourcePositionRepository;
import nexus.replication.source.SourceConfig;

/** {@code GET /v1/source/gaps}: where changes of the source may have been missed. */
@Singleton
@Path("/v1/source/gaps")
@Produces(MediaType.APPLICATION_JSON)
public class SourceGapResource {
    private static final String LIST = "gaps";

    private final SourcePositionRepository positions;
    private final SourceConfig config;

    @Inject
    SourceGapResource(SourcePositionRepository positions, SourceConfig config) {
        this.positions = positions;
        this.config = config;
    }

    @GET
    public CompletionStage<Page<GapView>> listSourceGaps(@Context UriInfo uri) {
        QueryParameters query = QueryParameters.of(uri);
        long below = query.below(LIST);
        int limit = query.limit();
        query.check();
        return positions
                .gaps(config.slot(), below, limit + 1)
                .map(rows ->
                        Page.of(rows, limit, last -> Cursor.of(LIST, last.id())).map(row -> GapView.of(row.gap())))
                .toCompletionStage();
    }
}
