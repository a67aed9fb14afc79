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
import nexus.api.page.Page;
import nexus.api.page.QueryParameters;

/** {@code GET /v1/source/publications}: through what changes of the source reach the stream. */
@Singleton
@Path("/v1/source/publications")
@Produces(MediaType.APPLICATION_JSON)
public class SourcePublicationResource {
    private final Surveys surveys;

    @Inject
    SourcePublicationResource(Surveys surveys) {
        this.surveys = surveys;
    }

    @GET
    public CompletionStage<Page<PublicationView>> listSourcePublications(@Context UriInfo uri) {
        QueryParameters.of(uri).check();
        return surveys.current()
                .map(survey -> new Page<>(
                        survey.publications().entrySet().stream()
                                .map(publication -> PublicationView.of(
                                        surveys.names().name(publication.getKey()), publication.getValue()))
                                .toList(),
                        null))
                .toCompletionStage();
    }
}
