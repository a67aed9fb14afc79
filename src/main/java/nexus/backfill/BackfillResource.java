package nexus.backfill;

import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import nexus.api.caller.AuditedChange;
import nexus.api.caller.ChangeNote;
import nexus.api.json.Ids;
import nexus.api.json.JsonBody;
import nexus.api.page.Cursor;
import nexus.api.page.Page;
import nexus.api.page.QueryParameters;
import nexus.job.Job;
import nexus.job.JobState;
import nexus.job.JobView;
import nexus.job.Jobs;
import org.jboss.resteasy.reactive.RestResponse;

/** {@code /v1/backfills}: sends the existing rows of a table to one subscription. */
@Singleton
@Path("/v1/backfills")
@Produces(MediaType.APPLICATION_JSON)
public class BackfillResource {
    private static final String LIST = "backfills";
    private static final List<String> STATES =
            Stream.of(JobState.values()).map(JobState::word).toList();

    private final Backfills backfills;
    private final Jobs jobs;

    @Inject
    BackfillResource(Backfills backfills, Jobs jobs) {
        this.backfills = backfills;
        this.jobs = jobs;
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    public CompletionStage<RestResponse<JobView>> createBackfill(byte[] body, @Context RoutingContext context) {
        JsonBody json = JsonBody.parse(body);
        BackfillRequest request = BackfillRequest.read(json);
        ChangeNote.fields(context, json.names());
        return backfills
                .start(request, AuditedChange.of(context, 202))
                .map(job -> RestResponse.ResponseBuilder.create(RestResponse.Status.ACCEPTED, shown(job))
                        .header(HttpHeaders.LOCATION, "/v1/backfills/" + job.id())
                        .build())
                .toCompletionStage();
    }

    @GET
    public CompletionStage<Page<JobView>> listBackfills(@Context UriInfo uri) {
        QueryParameters query = QueryParameters.of(uri);
        Optional<UUID> subscription = query.uuid("subscriptionId");
        Optional<JobState> state = query.oneOf("state", STATES).map(JobState::of);
        long below = query.below(LIST);
        int limit = query.limit();
        query.check();
        return jobs.list(Backfills.KIND, subscription, state, below, limit + 1)
                .map(rows -> Page.of(rows, limit, last -> Cursor.of(LIST, last.number()))
                        .map(BackfillResource::shown))
                .toCompletionStage();
    }

    @GET
    @Path("/{id}")
    public CompletionStage<JobView> getBackfill(@PathParam("id") String id, @Context UriInfo uri) {
        QueryParameters.of(uri).check();
        return jobs.find(Backfills.KIND, known(id))
                .map(found -> shown(found.orElseThrow(() -> Jobs.notFound(Backfills.KIND))))
                .toCompletionStage();
    }

    @POST
    @Path("/{id}/pause")
    public CompletionStage<JobView> pauseBackfill(@PathParam("id") String id, @Context RoutingContext context) {
        return jobs.pause(Backfills.KIND, known(id), AuditedChange.of(context, 200))
                .map(BackfillResource::shown)
                .toCompletionStage();
    }

    @POST
    @Path("/{id}/resume")
    public CompletionStage<JobView> resumeBackfill(@PathParam("id") String id, @Context RoutingContext context) {
        return jobs.resume(Backfills.KIND, known(id), AuditedChange.of(context, 200))
                .map(BackfillResource::shown)
                .toCompletionStage();
    }

    @POST
    @Path("/{id}/cancel")
    public CompletionStage<JobView> cancelBackfill(@PathParam("id") String id, @Context RoutingContext context) {
        return jobs.cancel(Backfills.KIND, known(id), AuditedChange.of(context, 200))
                .map(BackfillResource::shown)
                .toCompletionStage();
    }

    private static UUID known(String id) {
        return Ids.inPath(id, Backfills.KIND);
    }

    private static JobView shown(Job job) {
        return JobView.of(job, BackfillSettings.of(job.settings()).shown());
    }
}
