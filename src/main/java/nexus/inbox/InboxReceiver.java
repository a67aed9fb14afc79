package nexus.inbox;

import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import nexus.access.browser.Loopback;
import nexus.access.browser.SecurityHeaders;
import nexus.access.key.AccessConfig;
import nexus.access.key.ApiKeys;
import nexus.api.problem.Problem;
import nexus.process.ProcessConfig;
import nexus.refusal.Refusal;

/**
 * Receives what is sent to {@code /inbox/<name>}. Senders of webhooks have no key, so this runs before the gate of the API,
 * which never sees these requests; whoever reads an inbox passes that gate as usual. A GET is for the page.
 */
@Singleton
final class InboxReceiver {
    /** Before the gate of the API. */
    private static final int PRIORITY = 1_100;

    private static final Set<HttpMethod> FOR_PAGE = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);
    private static final Set<Integer> WITHOUT_BODY = Set.of(204, 205, 304);

    private final Inboxes inboxes;
    private final InboxSenders senders;
    private final InboxConfig config;
    private final Clock clock;
    private final long timeoutMillis;
    private final boolean isOpenMode;
    private final AtomicInteger delayed = new AtomicInteger();

    @Inject
    InboxReceiver(
            Inboxes inboxes,
            InboxSenders senders,
            InboxConfig config,
            Clock clock,
            AccessConfig access,
            ApiKeys keys,
            ProcessConfig process) {
        this.inboxes = inboxes;
        this.senders = senders;
        this.config = config;
        this.clock = clock;
        this.timeoutMillis = access.requestTimeout().toMillis();
        this.isOpenMode = process.embedded() && keys.noneInEnvironment();
    }

    void install(@Observes Filters filters) {
        filters.register(this::receive, PRIORITY);
    }

    private void receive(RoutingContext context) {
        HttpServerRequest request = context.request();
        Optional<InboxAddress> address =
                FOR_PAGE.contains(request.method()) ? Optional.empty() : InboxAddress.ofPath(request.path());
        if (address.isEmpty()) {
            context.next();
            return;
        }
        SecurityHeaders.write(request.response().headers(), InboxAddress.PREFIX, false);
        Optional<Problem> foreign = isOpenMode ? Loopback.refusal(request) : Optional.empty();
        if (foreign.isPresent()) {
            refuse(request, foreign.get());
        } else if (!config.enabled()) {
            refuse(request, new Problem(404, "not-found", "The inbox is off: start with NEXUS_INBOX=true to have it."));
        } else {
            receive(context.vertx(), request, address.get());
        }
    }

    private void receive(Vertx vertx, HttpServerRequest request, InboxAddress address) {
        if (announcedBytes(request) > config.maxBody()) {
            refuse(request, tooLarge());
            return;
        }
        Optional<Reply> asked;
        try {
            asked = Reply.chosenBy(request.params()::get);
        } catch (Refusal.Invalid refusal) {
            refuse(request, Problem.of(refusal));
            return;
        }
        Instant now = clock.instant();
        MultiMap headers = request.headers();
        SignatureCheck signature = SignatureCheck.start(
                headers::get, senders.candidates(address, Optional.ofNullable(headers.get("X-Event-Type")), now));
        ArrivingBody body = new ArrivingBody(inboxes, signature, config.keptBody(), config.maxBody());
        long deadline =
                vertx.setTimer(timeoutMillis, late -> request.connection().close());
        request.response().closeHandler(closed -> {
            vertx.cancelTimer(deadline);
            body.release();
        });
        request.response().endHandler(ended -> vertx.cancelTimer(deadline));
        request.exceptionHandler(broken -> body.release());
        request.handler(part -> {
            if (!body.add(part)) {
                request.handler(null).endHandler(null);
                body.release();
                refuse(request, tooLarge());
            }
        });
        request.endHandler(ended -> {
            Reply reply = asked.orElseGet(() -> inboxes.takeReply(address));
            inboxes.receive(address, number -> InboxRequests.of(number, now, request, body, clock.instant(), reply));
            body.release();
            answer(vertx, request, address, reply);
        });
        if ("100-continue".equalsIgnoreCase(headers.get(HttpHeaders.EXPECT))) {
            request.response().writeContinue();
        }
    }

    private Problem tooLarge() {
        return new Problem(413, "too-large", "An inbox takes bodies of at most " + config.maxBody() + " bytes.");
    }

    private static long announcedBytes(HttpServerRequest request) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        try {
            return length == null ? 0 : Long.parseLong(length);
        } catch (NumberFormatException e) {
            return Long.MAX_VALUE; // the number has too many digits
        }
    }

    private void answer(Vertx vertx, HttpServerRequest request, InboxAddress address, Reply reply) {
        if (reply.delay().isZero()) {
            act(request, address, reply);
        } else if (delayed.incrementAndGet() > config.delayed()) {
            delayed.decrementAndGet();
            request.response().putHeader(HttpHeaders.RETRY_AFTER, "1");
            refuse(
                    request,
                    new Problem(503, "unavailable", "Too many answers of inboxes wait for their delay; try again."));
        } else {
            vertx.setTimer(reply.delay().toMillis(), due -> {
                delayed.decrementAndGet();
                act(request, address, reply);
            });
        }
    }

    private static void act(HttpServerRequest request, InboxAddress address, Reply reply) {
        HttpServerResponse response = request.response();
        if (response.closed() || response.ended()) {
            return;
        }
        switch (reply) {
            case Reply.Close close -> request.connection().close();
            case Reply.Status status -> {
                response.setStatusCode(status.code());
                status.retryAfter()
                        .ifPresent(seconds -> response.putHeader(HttpHeaders.RETRY_AFTER, seconds.toString()));
                if (WITHOUT_BODY.contains(status.code())) {
                    response.end();
                } else {
                    response.putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                            .end(new JsonObject()
                                    .put("inbox", address.name())
                                    .put("status", status.code())
                                    .encode());
                }
            }
        }
    }

    /** The rest of the body is not read, so no other request can follow on this connection. */
    private static void refuse(HttpServerRequest request, Problem problem) {
        HttpServerResponse response = request.response();
        if (response.closed() || response.ended()) {
            return;
        }
        response.setStatusCode(problem.status())
                .putHeader(HttpHeaders.CONTENT_TYPE, Problem.MEDIA_TYPE)
                .putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE)
                .end(problem.toJson(InboxAddress.PREFIX))
                .onComplete(sent -> request.connection().close());
    }
}
