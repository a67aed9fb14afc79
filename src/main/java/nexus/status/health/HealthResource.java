package nexus.status.health;

import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.time.Clock;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import nexus.api.caller.Caller;
import nexus.api.page.QueryParameters;
import nexus.process.Version;
import nexus.replication.state.CaptureStatus;
import nexus.store.Store;
import nexus.store.StoreErrors;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirements;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Health for people and load balancers; open, so it names no hosts, users or SQL to anybody without a key. */
@Path("/v1/health")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Status")
public class HealthResource {
    private static final int DATABASE_ANSWERS_WITHIN_SECONDS = 3;

    private final Store store;
    private final CaptureStatus capture;
    private final Clock clock;

    @Inject
    public HealthResource(Store store, CaptureStatus capture, Clock clock) {
        this.store = store;
        this.capture = capture;
        this.clock = clock;
    }

    @GET
    @SecurityRequirements
    @Operation(
            operationId = "getHealth",
            summary = "Show whether Nexus does its work",
            description =
                    "Needs no key; with one that may read, it also says why. Capture makes it 503 only when it is blocked or lost, or has been connecting"
                            + " for over 30 seconds.")
    @APIResponse(
            responseCode = "200",
            description = "Everything works.",
            content =
                    @Content(
                            schema = @Schema(implementation = Health.class),
                            examples = @ExampleObject(name = "ok", value = """
                                                    {"status":"ok","database":"ok","capture":{"status":"streaming",\
                                                    "since":"2026-01-31T18:20:40.000Z","detail":null,"lagBytes":0,\
                                                    "lagSeconds":0.0,"confirmedLsn":"0/1A2B3C8","gap":null,\
                                                    "slot":{"level":"ok","walStatus":"reserved","retainedBytes":16777216,\
                                                    "safeBytes":1073741824,"restartLagSeconds":0,"confirmedLagBytes":56,\
                                                    "confirmedLagSeconds":0,"catalogXminAge":12,\
                                                    "invalidationReason":null,"lostInSeconds":null},\
                                                    "warnings":[]},\
                                                    "version":"0.1.0","commit":"1a2b3c4d5e6f"}""")))
    @APIResponse(
            responseCode = "503",
            description = "A part fails: database is unreachable, or capture.status says what; to a key that may read,"
                    + " capture.detail says why.",
            content =
                    @Content(
                            schema = @Schema(implementation = Health.class),
                            examples = @ExampleObject(name = "blocked", value = """
                                                    {"status":"failing","database":"ok","capture":{"status":"blocked",\
                                                    "since":"2026-01-31T18:20:40.000Z",\
                                                    "detail":"the role has no REPLICATION right","lagBytes":null,\
                                                    "lagSeconds":null,"confirmedLsn":null,"gap":null,"slot":null,\
                                                    "warnings":[]},\
                                                    "version":"0.1.0","commit":"1a2b3c4d5e6f"}""")))
    public CompletionStage<Response> health(@Context UriInfo uri, @Context RoutingContext context) {
        boolean mayRead = Caller.find(context).isPresent();
        QueryParameters.of(uri).check();
        return store.ping()
                .timeout(DATABASE_ANSWERS_WITHIN_SECONDS, TimeUnit.SECONDS)
                .map(Health.OK)
                .otherwise(failure -> StoreErrors.isLocked(failure) ? Health.LOCKED : Health.UNREACHABLE)
                .map(database -> answer(database, mayRead))
                .toCompletionStage();
    }

    private Response answer(String database, boolean mayRead) {
        Health whole = Health.of(database, capture.current(), clock.instant(), Version.current());
        Health health = mayRead ? whole : whole.forAnybody();
        return Response.status(health.isOk() ? 200 : 503).entity(health).build();
    }
}
