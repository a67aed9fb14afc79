package nexus.status.health;

import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
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
import org.jboss.resteasy.reactive.RestResponse;

/** Health for people and load balancers. It needs no key, and without one it shows no hosts, roles or SQL. */
@Singleton
@Path("/v1/health")
@Produces(MediaType.APPLICATION_JSON)
public class HealthResource {
    private static final int DATABASE_ANSWERS_WITHIN_SECONDS = 3;

    private final Store store;
    private final CaptureStatus capture;
    private final Clock clock;

    @Inject
    HealthResource(Store store, CaptureStatus capture, Clock clock) {
        this.store = store;
        this.capture = capture;
        this.clock = clock;
    }

    @GET
    public CompletionStage<RestResponse<Health>> getHealth(@Context UriInfo uri, @Context RoutingContext context) {
        boolean mayRead = Caller.find(context).isPresent();
        QueryParameters.of(uri).check();
        return store.ping()
                .timeout(DATABASE_ANSWERS_WITHIN_SECONDS, TimeUnit.SECONDS)
                .map(Health.OK)
                .otherwise(failure -> StoreErrors.isLocked(failure) ? Health.LOCKED : Health.UNREACHABLE)
                .map(database -> answer(database, mayRead))
                .toCompletionStage();
    }

    private RestResponse<Health> answer(String database, boolean mayRead) {
        Health whole = Health.of(database, capture.current(), clock.instant(), Version.current());
        Health health = mayRead ? whole : whole.forAnybody();
        return RestResponse.status(
                health.isOk() ? RestResponse.Status.OK : RestResponse.Status.SERVICE_UNAVAILABLE, health);
    }
}
