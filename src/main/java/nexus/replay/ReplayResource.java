package nexus.replay;

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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
import org.jspecify.annotations.Nullable;

/** {@code /v1/replays}: sends stored events again, or to a subscription that is younger than they are. */
@Singleton
@Path("/v1/replays")
@Produces(MediaType.APPLICATION_JSON)
public class ReplayResource {
    private static final String LIST = "replays";
    private static final List<String> STATES =
            Stream.of(JobState.values()).map(JobState::word).toList();

    private final Replays replays;
    private final Jobs jobs;

    @Inject
    ReplayResource(Replays replays, Jobs jobs) {
        this.replays = replays;
        this.jobs = jobs;
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    public CompletionStage<RestResponse<JobView>> createReplay(byte[] body, @Context RoutingContext context) {
        JsonBody json = JsonBody.parse(body);
        ReplayRequest request = ReplayRequest.read(json);
        ChangeNote.fields(context, json.names());
        if (request.isDryRun()) {
            return replays.count(request.subscriptionId(), request.settings())
                    .map(count -> RestResponse.ok(counted(count)))
                    .toCompletionStage();
        }
        return replays.start(
                        request.subscriptionId(),
                        request.settings(),
                        request.rateLimit(),
                        AuditedChange.of(context, 202))
                .map(job -> RestResponse.ResponseBuilder.create(RestResponse.Status.ACCEPTED, shown(job))
                        .header(HttpHeaders.LOCATION, "/v1/replays/" + job.id())
                        .build())
                .toCompletionStage();
    }

    @GET
    public CompletionStage<Page<JobView>> listReplays(@Context UriInfo uri) {
        QueryParameters query = QueryParameters.of(uri);
        Optional<UUID> subscription = query.uuid("subscriptionId");
        Optional<JobState> state = query.oneOf("state", STATES).map(JobState::of);
        long below = query.below(LIST);
        int limit = query.limit();
        query.check();
        return jobs.list(Replays.KIND, subscription, state, below, limit + 1)
                .map(rows -> Page.of(rows, limit, last -> Cursor.of(LIST, last.number()))
                        .map(ReplayResource::shown))
                .toCompletionStage();
    }

    @GET
    @Path("/{id}")
    public CompletionStage<JobView> getReplay(@PathParam("id") String id, @Context UriInfo uri) {
        QueryParameters.of(uri).check();
        return jobs.find(Replays.KIND, known(id))
                .map(found -> shown(found.orElseThrow(() -> Jobs.notFound(Replays.KIND))))
                .toCompletionStage();
    }

    @POST
    @Path("/{id}/pause")
    public CompletionStage<JobView> pauseReplay(@PathParam("id") String id, @Context RoutingContext context) {
        return jobs.pause(Replays.KIND, known(id), AuditedChange.of(context, 200))
                .map(ReplayResource::shown)
                .toCompletionStage();
    }

    @POST
    @Path("/{id}/resume")
    public CompletionStage<JobView> resumeReplay(@PathParam("id") String id, @Context RoutingContext context) {
        return jobs.resume(Replays.KIND, known(id), AuditedChange.of(context, 200))
                .map(ReplayResource::shown)
                .toCompletionStage();
    }

    @POST
    @Path("/{id}/cancel")
    public CompletionStage<JobView> cancelReplay(@PathParam("id") String id, @Context RoutingContext context) {
        return jobs.cancel(Replays.KIND, known(id), AuditedChange.of(context, 200))
                .map(ReplayResource::shown)
                .toCompletionStage();
    }

    private static UUID known(String id) {
        return Ids.inPath(id, Replays.KIND);
    }

    private static JobView counted(Replays.Count count) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("total", count.total());
        fields.put("skipped", count.erased());
        fields.put("isExact", count.isExact());
        return new JobView(fields);
    }

    private static JobView shown(Job job) {
        return JobView.of(job, ReplaySettings.of(job.settings()).shown());
    }
}
