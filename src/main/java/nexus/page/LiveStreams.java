package nexus.page;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import nexus.access.session.Sessions;
import nexus.api.caller.RequestEnd;

/**
 * Server-sent events for the documents that are open in browsers. A {@code tick} tells a document to refresh its live parts,
 * each with a request of its own, so nothing is pushed past a right; {@code ended} tells it that the session is over.
 */
final class LiveStreams {
    static final int MOST = 256;
    private static final Duration EVERY = Duration.ofSeconds(2);
    /** A browser waits this long before it connects again. */
    private static final String OPENING = "retry: 2000\n\n";

    private static final String TICK = "event: tick\ndata:\n\n";
    private static final String ENDED = "event: ended\ndata:\n\n";

    private final Vertx vertx;
    private final Sessions sessions;
    private final Set<HttpServerResponse> open = ConcurrentHashMap.newKeySet();

    LiveStreams(Vertx vertx, Sessions sessions) {
        this.vertx = vertx;
        this.sessions = sessions;
        // The HTTP layer waits for requests in progress before anything else of a stop, and a stream would be one for
        // ever.
        Runtime.getRuntime().addShutdownHook(new Thread(this::endAll, "nexus-end-live-streams"));
    }

    /** Answers a request of a visitor until the visitor's session or connection ends. */
    void answer(RoutingContext context) {
        HttpServerResponse response = context.response();
        if (open.size() >= MOST) {
            response.setStatusCode(503).putHeader(HttpHeaders.RETRY_AFTER, "10").end();
            return;
        }
        open.add(response);
        response.putHeader(HttpHeaders.CONTENT_TYPE, "text/event-stream")
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                .putHeader("X-Accel-Buffering", "no")
                .setChunked(true);
        write(response, OPENING);
        long timer = vertx.setPeriodic(EVERY.toMillis(), round -> tick(context));
        RequestEnd.of(context).then(() -> {
            vertx.cancelTimer(timer);
            open.remove(response);
        });
    }

    private void tick(RoutingContext context) {
        HttpServerResponse response = context.response();
        if (response.ended() || response.closed() || response.writeQueueFull()) {
            return; // a browser that does not read needs no further tick
        }
        sessions.visitor(SessionCookie.session(context.request())).onComplete(done -> {
            if (response.ended() || response.closed()) {
                return;
            }
            if (done.succeeded() && done.result().isEmpty()) {
                response.end(ENDED);
            } else {
                write(response, TICK);
            }
        });
    }

    private static void write(HttpServerResponse response, String text) {
        response.write(text).onFailure(closed -> {}); // its end handler follows
    }

    private void endAll() {
        open.forEach(response -> {
            if (!response.ended() && !response.closed()) {
                response.end();
            }
        });
    }
}
