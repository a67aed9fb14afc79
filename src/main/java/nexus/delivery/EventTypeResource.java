package nexus.delivery;

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
import nexus.delivery.event.TypesSeen;

/** {@code GET /v1/event-types}: the types of the newest events. */
@Singleton
@Path("/v1/event-types")
@Produces(MediaType.APPLICATION_JSON)
public class EventTypeResource {
    private final TypesSeen types;

    @Inject
    EventTypeResource(TypesSeen types) {
        this.types = types;
    }

    @GET
    public CompletionStage<TypesSeen.Seen> listEventTypes(@Context UriInfo uri) {
        QueryParameters.of(uri).check();
        return types.newest().toCompletionStage();
    }
}
