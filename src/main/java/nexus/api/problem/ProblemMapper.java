package nexus.api.problem;

import io.vertx.core.http.HttpClosedException;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.ClosedConnectionException;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.ClientErrorException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import nexus.api.document.AllowedMethods;
import nexus.notation.SqlState;
import nexus.refusal.Refusal;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/**
 * Converts every exception of a resource into a {@link Problem}. Internal errors are logged, and their details are not
 * shown.
 */
@Singleton
class ProblemMapper {
    private static final Logger LOG = Logger.getLogger(ProblemMapper.class);
    private static final int RETRY_AFTER_SECONDS = 2;

    private final AllowedMethods allowed;

    @Inject
    ProblemMapper(AllowedMethods allowed) {
        this.allowed = allowed;
    }

    @ServerExceptionMapper
    Response map(Refusal refusal, UriInfo uri) {
        Response.ResponseBuilder answer = answer(Problem.of(refusal), uri);
        return (refusal instanceof Refusal.Unavailable
                        ? answer.header(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS)
                        : answer)
                .build();
    }

    /** Refusals by the HTTP layer itself: unknown paths, methods, media types. */
    @ServerExceptionMapper
    Response map(WebApplicationException refused, UriInfo uri) {
        Response original = refused.getResponse();
        int status = original.getStatus();
        if (status >= 500) {
            return map((Throwable) refused, uri);
        }
        if (status != 404 && status != 405) {
            return answer(Problem.ofStatus(status), uri).build();
        }
        // Quarkus answers 404 for a known path with an unknown method too, if its resource has sub-paths
        Optional<String> methods = allowed.of("/" + uri.getPath().replaceFirst("^/+", ""));
        return methods.map(allow -> answer(Problem.ofStatus(405), uri).header(HttpHeaders.ALLOW, allow))
                .orElseGet(() -> answer(Problem.ofStatus(404), uri))
                .build();
    }

    @ServerExceptionMapper
    Response map(Throwable failure, UriInfo uri) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof Refusal refusal) {
            return map(refusal, uri);
        }
        if (cause instanceof ClientErrorException refused) {
            return map(refused, uri);
        }
        if (isTooLarge(cause)) {
            return map(new Refusal.TooLarge("A request may have 1 MiB at most."), uri);
        }
        if (SqlState.is(cause, SqlState.LOCK_NOT_AVAILABLE)) {
            LOG.warnf("database lock not granted in time cause=%s", cause);
            return map(new Refusal.Unavailable("The database did not grant a lock in time. Try again."), uri);
        }
        if (isConnectionClosed(cause)) {
            return map(new Refusal.Malformed("The request is not complete."), uri); // never delivered
        }
        if (isUnavailable(cause)) {
            LOG.warnf("database unavailable cause=%s", cause);
            return map(new Refusal.Unavailable("The database does not answer. Try again."), uri);
        }
        String id = UUID.randomUUID().toString();
        LOG.errorf(cause, "request failed id=%s path=%s", id, uri.getPath());
        return answer(
                        new Problem(
                                500, "internal", "Nexus failed internally; its log has the details under " + id + "."),
                        uri)
                .build();
    }

    /** Quarkus itself stops reading a body without a length, far above the limit here. */
    private static boolean isTooLarge(Throwable cause) {
        return cause instanceof IOException
                && String.valueOf(cause.getMessage()).startsWith("Request too large");
    }

    /** Closed by the caller; the database's connection raises another exception. */
    private static boolean isConnectionClosed(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ClosedChannelException || cause instanceof HttpClosedException) {
                return true;
            }
        }
        return false;
    }

    /** A connection was refused, lost, or not available in time; or the server cannot do it now. */
    private static boolean isUnavailable(Throwable cause) {
        if (cause instanceof PgException) {
            return SqlState.isTemporary(cause);
        }
        return cause instanceof IOException
                || cause instanceof ClosedConnectionException
                || cause instanceof TimeoutException
                || "Timeout".equals(cause.getMessage())
                || "Connection closed".equals(cause.getMessage());
    }

    private static Response.ResponseBuilder answer(Problem problem, UriInfo uri) {
        return Response.status(problem.status())
                .type(Problem.MEDIA_TYPE)
                .entity(problem.toJson("/" + uri.getPath().replaceFirst("^/+", "")));
    }
}
