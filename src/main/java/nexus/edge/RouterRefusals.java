package nexus.edge;

import io.quarkus.vertx.http.ManagementInterface;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import nexus.api.Problem;
import org.jspecify.annotations.Nullable;

/** What the routers of both ports would say in a page of their own, or log as a fault of Nexus. */
@Singleton
final class RouterRefusals {
    void install(@Observes Router api) {
        api.route().order(Integer.MIN_VALUE).failureHandler(RouterRefusals::passUnlessClosed);
    }

    void install(@Observes ManagementInterface management) {
        for (int status : new int[] {400, 404, 405, 500}) {
            management.router().errorHandler(status, context -> answer(context, Problem.ofStatus(status)));
        }
    }

    /** A client that ends its connection in the middle of a request is nobody's fault, and nobody reads an answer. */
    private static void passUnlessClosed(RoutingContext context) {
        if (!isClosed(context.failure())) {
            context.next();
        }
    }

    private static boolean isClosed(@Nullable Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof HttpClosedException) {
                return true;
            }
        }
        return false;
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
