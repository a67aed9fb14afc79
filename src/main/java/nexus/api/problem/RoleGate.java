package nexus.api.problem;

import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import nexus.process.ProcessConfig;
import nexus.process.Role;

/** A process without the role {@code api} answers only health requests on the API's port. */
@Singleton
final class RoleGate {
    /** Runs before {@link ApiGate}, because such a process checks no keys. */
    private static final int PRIORITY = 1_001;

    private static final String HEALTH = "/v1/health";

    private final boolean servesApi;

    RoleGate(ProcessConfig process) {
        this.servesApi = process.roles().contains(Role.API);
    }

    void install(@Observes Filters filters) {
        if (!servesApi) {
            filters.register(RoleGate::refuse, PRIORITY);
        }
    }

    private static void refuse(RoutingContext context) {
        if (HEALTH.equals(context.request().path())) {
            context.next();
        } else {
            Problem problem = new Problem(
                    404, "no-api-here", "This process runs without the role api (NEXUS_ROLES); ask one that has it.");
            String path = context.request().path();
            context.response()
                    .setStatusCode(problem.status())
                    .putHeader(HttpHeaders.CONTENT_TYPE, Problem.MEDIA_TYPE)
                    .end(problem.toJson(path == null ? "/" : path));
        }
    }
}
