package nexus.edge;

import io.quarkus.vertx.http.ManagementInterface;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import nexus.api.problem.Problem;

/** Makes refusals on the management port problem documents, where the HTTP layer would write a page. */
@Singleton
final class ManagementRefusals {
    void install(@Observes ManagementInterface management) {
        for (int status : new int[] {400, 404, 405, 500}) {
            management.router().errorHandler(status, context -> answer(context, Problem.ofStatus(status)));
        }
    }

    private static void answer(RoutingContext context, Problem problem) {
        if (!context.response().headWritten()) {
            context.response()
                    .setStatusCode(problem.status())
                    .putHeader(HttpHeaders.CONTENT_TYPE, Problem.MEDIA_TYPE)
                    .end(problem.toJson("/"));
        }
    }
}
