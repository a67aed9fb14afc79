package nexus.access;

import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.MediaType;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import nexus.access.audit.Audit;
import nexus.access.browser.CrossOrigin;
import nexus.access.browser.Loopback;
import nexus.access.browser.PagePaths;
import nexus.access.browser.SecurityHeaders;
import nexus.access.key.AccessConfig;
import nexus.access.key.ApiKeys;
import nexus.access.key.Digest;
import nexus.access.key.KeyResource;
import nexus.access.key.KeyWatch;
import nexus.access.key.KnownKey;
import nexus.access.key.Right;
import nexus.access.limit.RequestLimit;
import nexus.access.limit.RequestPlaces;
import nexus.access.session.PageCalls;
import nexus.access.session.PageCalls.PageCall;
import nexus.access.session.Visitor;
import nexus.api.caller.Caller;
import nexus.api.caller.RequestEnd;
import nexus.api.document.AllowedMethods;
import nexus.api.problem.Problem;
import nexus.edge.RefusalMeters;
import nexus.process.ProcessConfig;
import org.jspecify.annotations.Nullable;

/**
 * Checks every request before routing, so that no spelling of a path bypasses it: a path that is not clearly outside the
 * API needs a key with the required right.
 *
 * <p>Without {@code API_KEYS} (embedded mode only) the API is open to programs on this machine. A web page of another
 * origin must not reach it through the user's browser, so then both Host and Origin must be loopback. A key that is
 * given nevertheless is checked as usual.
 */
@Singleton
final class ApiGate {
    /** Runs before all handlers of Quarkus, because its body limit answers without a problem document. */
    private static final int PRIORITY = 1_000;

    private static final Duration ABANDONED_FOR = Duration.ofSeconds(2);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);
    private static final String HEALTH = "/v1/health";
    private static final Pattern PLAIN = Pattern.compile("/|(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+/?");
    private static final Pattern API = Pattern.compile("/(v1|api)(/.*)?");
    private static final CharSequence LIMIT = HttpHeaders.createOptimized("RateLimit");
    private static final CharSequence POLICY = HttpHeaders.createOptimized("RateLimit-Policy");

    private static final Set<HttpMethod> READS = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

    private final ApiKeys keys;
    private final KeyWatch watch;
    private final Audit audit;
    private final PageCalls pageCalls;
    private final RefusalMeters meters;
    private final AllowedMethods allowed;
    private final Clock clock;
    private final CrossOrigin crossOrigin;
    private final Duration requestTimeout;
    private final boolean isOpenMode;

    @Inject
    ApiGate(
            ApiKeys keys,
            KeyWatch watch,
            Audit audit,
            PageCalls pageCalls,
            RefusalMeters meters,
            AllowedMethods allowed,
            Clock clock,
            AccessConfig config,
            ProcessConfig process) {
        this.keys = keys;
        this.watch = watch;
        this.audit = audit;
        this.pageCalls = pageCalls;
        this.meters = meters;
        this.allowed = allowed;
        this.clock = clock;
        this.crossOrigin = new CrossOrigin(new HashSet<>(config.corsOrigins().orElse(List.of())));
        this.requestTimeout = config.requestTimeout();
        this.isOpenMode = process.embedded() && keys.noneInEnvironment();
    }

    void install(@Observes Filters filters) {
        filters.register(this::admit, PRIORITY);
    }

    private void admit(RoutingContext context) {
        HttpServerRequest request = context.request();
        RequestEnd.watch(context);
        boolean isPage = PagePaths.contain(request.path());
        boolean isOpen = isPage || isOpen(request.path());
        if (RequestShape.hasBody(request)) {
            limitTime(context);
        }
        SecurityHeaders.write(
                context.response().headers(), String.valueOf(request.path()), isOpen && !HEALTH.equals(request.path()));
        Optional<Problem> foreign = isOpenMode ? Loopback.refusal(request) : Optional.empty();
        if (foreign.isPresent()) {
            refuse(context, foreign.get());
        } else if (isPage) {
            context.next();
        } else if (!crossOrigin.answers(request)) {
            if (isOpen) {
                admitOpen(context);
            } else {
                identify(context);
            }
        }
    }

    /** Health, documents and pages: paths that are only read. */
    private void admitOpen(RoutingContext context) {
        HttpServerRequest request = context.request();
        if (HEALTH.equals(request.path())) {
            recognize(context);
            check(context, context::next);
        } else if (READS.contains(request.method())) {
            RequestShape.refusal(request).ifPresentOrElse(problem -> refuse(context, problem), context::next);
        } else {
            context.response().putHeader(HttpHeaders.ALLOW, "GET, HEAD, OPTIONS");
            refuse(context, Problem.ofStatus(405));
        }
    }

    /** Without a deadline, a body that arrives byte by byte would hold its connection for ever. */
    private void limitTime(RoutingContext context) {
        long timer = context.vertx().setTimer(requestTimeout.toMillis(), late -> context.request()
                .connection()
                .close());
        RequestEnd.of(context).then(() -> context.vertx().cancelTimer(timer));
    }

    private void identify(RoutingContext context) {
        Optional<PageCall> call = pageCalls.take(context);
        if (call.isPresent()) {
            switch (call.get().visitor()) {
                case Visitor.Keyed keyed -> confirm(context, keyed.key());
                case Visitor.Open open -> admitted(context, Caller.OPEN, needed(context));
            }
            return;
        }
        Optional<String> given = givenKey(context.request());
        if (given.isEmpty()) {
            if (isOpenMode) {
                admitted(context, Caller.OPEN, needed(context));
            } else {
                refuse(context, unknown("Send a key as X-API-Key or as Authorization: Bearer."));
            }
            return;
        }
        Digest digest = Digest.of(given.get());
        Optional<KnownKey> known = keys.with(digest);
        if (known.isPresent() && known.get().id().isPresent() && !watch.isConfirmed()) {
            after(watch.read(), context, read -> judge(context, keys.with(digest)));
        } else if (known.isPresent()) {
            judge(context, known.get());
        } else if (KeyResource.isShapedLikeAKey(given.get())) {
            after(watch.lookUp(digest), context, found -> judge(context, found));
        } else {
            judge(context, Optional.empty());
        }
    }

    /** The key of a page's visitor was valid when the page was requested. */
    private void confirm(RoutingContext context, KnownKey key) {
        if (key.id().isPresent() && !watch.isConfirmed()) {
            after(watch.read(), context, read -> judge(context, stillKnown(key)));
        } else {
            judge(context, stillKnown(key));
        }
    }

    private Optional<KnownKey> stillKnown(KnownKey key) {
        return key.id().isEmpty() || keys.stored().anyMatch(known -> known == key)
                ? Optional.of(key)
                : Optional.empty();
    }

    /** Health needs no key and shows more with a key that may read. This check does not query the store, which may be down. */
    private void recognize(RoutingContext context) {
        Optional<PageCall> call = pageCalls.take(context);
        if (call.isPresent()) {
            call.get()
                    .visitor()
                    .known()
                    .map(KnownKey::caller)
                    .orElse(Caller.OPEN)
                    .putInto(context);
            return;
        }
        Optional<String> given = givenKey(context.request());
        if (given.isEmpty() && isOpenMode) {
            Caller.OPEN.putInto(context);
        }
        given.flatMap(key -> keys.with(Digest.of(key)))
                .filter(key -> key.id().isEmpty() || watch.isConfirmed())
                .filter(key -> !key.isExpired(clock.millis()) && key.may(Right.READ))
                .ifPresent(key -> key.caller().putInto(context));
    }

    private void judge(RoutingContext context, Optional<KnownKey> found) {
        found.ifPresentOrElse(
                key -> judge(context, key),
                () -> refuse(context, unknown("The key that was sent is not one of this Nexus.")));
    }

    private void judge(RoutingContext context, KnownKey key) {
        long now = clock.millis();
        if (key.isExpired(now)) {
            refuse(context, unknown("The key that was sent has expired."));
            return;
        }
        key.used(now);
        Right needed = needed(context);
        RequestLimit limit = key.limit(needed);
        long nanos = System.nanoTime();
        boolean inTime = limit.take(nanos);
        HttpServerResponse response = context.response();
        response.putHeader(POLICY, limit.policy()).putHeader(LIMIT, limit.state(nanos));
        if (!inTime) {
            response.putHeader(HttpHeaders.RETRY_AFTER, Long.toString(limit.retryAfter(nanos)));
            refuse(context, new Problem(429, "rate-limited", "This key has sent too many requests; try again later."));
        } else if (!key.may(needed)) {
            refuse(context, new Problem(403, "forbidden", "This needs a key with the scope " + needed.word() + "."));
        } else {
            inTurn(context, key, needed);
        }
    }

    /** Bounds the requests of a key in progress; the next one starts when one of them ends. */
    private void inTurn(RoutingContext context, KnownKey key, Right needed) {
        RequestPlaces places = key.inProgress(needed);
        if (places.take()) {
            leaveAtEnd(context, places);
            admitted(context, key.caller(), needed);
            return;
        }
        Context here = context.vertx().getOrCreateContext();
        context.request().pause();
        Runnable turn = () -> here.runOnContext(ignored -> {
            context.request().resume();
            if (RequestEnd.of(context).isOver()) {
                places.leave();
            } else if (key.id().isPresent() && keys.stored().noneMatch(known -> known == key)) {
                places.leave();
                refuse(context, unknown("The key that was sent is not one of this Nexus."));
            } else {
                leaveAtEnd(context, places);
                admitted(context, key.caller(), needed);
            }
        });
        if (!places.await(turn)) {
            context.request().resume();
            refuseAsTooMany(context);
            return;
        }
        context.vertx().setTimer(LONGEST_WAIT.toMillis(), late -> {
            if (places.giveUp(turn) && !RequestEnd.of(context).isOver()) {
                context.request().resume();
                refuseAsTooMany(context);
            }
        });
    }

    private void refuseAsTooMany(RoutingContext context) {
        context.response().putHeader(HttpHeaders.RETRY_AFTER, "1");
        refuse(
                context,
                new Problem(
                        429,
                        "too-many-in-progress",
                        "This key has too many requests in progress; send fewer at once."));
    }

    /** A query continues when the connection of its request closes, so the request keeps its place for a while. */
    private static void leaveAtEnd(RoutingContext context, RequestPlaces places) {
        RequestEnd.of(context).then(() -> {
            if (context.response().ended()) {
                places.leave();
            } else {
                context.vertx().setTimer(ABANDONED_FOR.toMillis(), over -> places.leave());
            }
        });
    }

    private void admitted(RoutingContext context, Caller caller, Right needed) {
        caller.putInto(context);
        check(context, () -> {
            if (needed == Right.MANAGE) {
                after(audit.begin(context, caller), context, begun -> context.next());
            } else {
                context.next();
            }
        });
    }

    private void check(RoutingContext context, Runnable whenFine) {
        Optional<Problem> refusal = RequestShape.refusal(context.request());
        if (refusal.isPresent()) {
            refuse(context, refusal.get());
        } else if (context.request().method().equals(HttpMethod.OPTIONS)) {
            answerOptions(context);
        } else {
            MultiMap headers = context.request().headers();
            headers.remove(HttpHeaders.ACCEPT); // each path has one media type
            if (headers.contains(HttpHeaders.CONTENT_TYPE) && RequestShape.hasBody(context.request())) {
                headers.set(HttpHeaders.CONTENT_TYPE, MediaType.APPLICATION_JSON); // resources know one spelling
            }
            whenFine.run();
        }
    }

    /** Lists the methods of this path; the HTTP layer would list those of all paths of a resource class. */
    private void answerOptions(RoutingContext context) {
        String path = String.valueOf(context.request().path());
        after(allowed.find(context.vertx(), path), context, methods -> {
            if (methods.isPresent()) {
                context.response()
                        .putHeader(HttpHeaders.ALLOW, methods.get())
                        .setStatusCode(204)
                        .end();
            } else {
                refuse(context, Problem.ofStatus(404));
            }
        });
    }

    /** Pauses the request until the future completes. */
    private <T> void after(Future<T> future, RoutingContext context, Consumer<T> then) {
        HttpServerRequest request = context.request();
        Context here = context.vertx().getOrCreateContext();
        request.pause();
        future.onComplete(done -> here.runOnContext(ignored -> {
            request.resume();
            if (RequestEnd.of(context).isOver()) {
                return; // the client is gone
            }
            if (done.succeeded()) {
                then.accept(done.result());
            } else {
                refuse(context, new Problem(503, "unavailable", "The database does not answer. Try again."));
            }
        }));
    }

    private static Right needed(RoutingContext context) {
        return Right.neededFor(
                context.request().method().name(),
                String.valueOf(context.request().path()));
    }

    private static Problem unknown(String detail) {
        return new Problem(401, "unauthorized", detail);
    }

    /** Whether the path needs no key: health, pages and documents, if the path has only one possible reading. */
    static boolean isOpen(@Nullable String path) {
        return path != null
                && (path.equals(HEALTH)
                        || (PLAIN.matcher(path).matches() && !API.matcher(path).matches()));
    }

    private static Optional<String> givenKey(HttpServerRequest request) {
        String key = request.getHeader("X-API-Key");
        if (key != null) {
            return Optional.of(key);
        }
        String authorization = request.getHeader(HttpHeaders.AUTHORIZATION);
        return authorization != null && authorization.regionMatches(true, 0, "Bearer ", 0, 7)
                ? Optional.of(authorization.substring(7).strip())
                : Optional.empty();
    }

    private void refuse(RoutingContext context, Problem problem) {
        meters.refused(problem.code());
        HttpServerResponse response = context.response();
        if (problem.status() == 401) {
            response.putHeader("WWW-Authenticate", "Bearer realm=\"nexus\"");
        }
        if (problem.status() == 503) {
            response.putHeader(HttpHeaders.RETRY_AFTER, "2");
        }
        if (RequestShape.hasBody(context.request())) {
            response.putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE); // the body is not read
        }
        String path = context.request().path();
        response.setStatusCode(problem.status())
                .putHeader(HttpHeaders.CONTENT_TYPE, Problem.MEDIA_TYPE)
                .end(problem.toJson(path == null ? "/" : path));
    }
}
