package nexus.page;

import io.netty.handler.codec.http.QueryStringDecoder;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Event;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import nexus.access.browser.OwnOrigin;
import nexus.access.browser.PagePaths;
import nexus.access.session.PageCalls;
import nexus.access.session.Sessions;
import nexus.access.session.Visitor;
import nexus.api.caller.RequestEnd;
import nexus.process.ProcessConfig;
import nexus.process.Role;
import nexus.process.Version;
import org.jboss.logging.Logger;

/** Routes requests to pages: checks the session, and for an action also its origin and the right to it; renders the answer. */
@Singleton
final class PageServer {
    private static final Logger LOG = Logger.getLogger(PageServer.class);
    /** After the routes of pages, before the API, which would answer with a problem document. */
    private static final int LAST_OF_PAGES = 5_000;

    private static final int MOST_FORM_BYTES = 1 << 20;
    private static final int MOST_FORM_FIELDS = 2_000;
    private static final int MOST_CONNECTIONS = 64;
    private static final String HTML = "text/html; charset=utf-8";

    private final Sessions sessions;
    private final PageCalls calls;
    private final Event<PageRoutes> pages;
    private final boolean servesApi;
    private final HttpClient client;
    private final LiveStreams live;
    private final Assets assets = new Assets();
    private final Templates templates = new Templates(assets);

    @Inject
    PageServer(Vertx vertx, Sessions sessions, PageCalls calls, Event<PageRoutes> pages, ProcessConfig process) {
        this.sessions = sessions;
        this.calls = calls;
        this.pages = pages;
        this.servesApi = process.roles().contains(Role.API);
        this.client = vertx.createHttpClient(
                new HttpClientOptions().setMaxPoolSize(MOST_CONNECTIONS).setKeepAliveTimeout(30));
        this.live = new LiveStreams(vertx, sessions);
    }

    void install(@Observes Router router) {
        if (!servesApi) {
            return;
        }
        PageRoutes routes = new PageRoutes();
        pages.fire(routes);
        router.get("/assets/:hash/:file").handler(assets::answer);
        router.head("/assets/:hash/:file").handler(assets::answer);
        router.get("/live").handler(context -> visited(context, visitor -> live.answer(context)));
        router.get("/sign-in").handler(this::showSignIn);
        router.post("/sign-in").handler(context -> readForm(context, form -> signIn(context, form)));
        router.post("/sign-out").handler(this::signOut);
        routes.allOpen().forEach(route -> router.route(route.path()).handler(route.handler()));
        routes.all().forEach(route -> {
            router.route(route.method(), route.path()).handler(context -> serve(context, route));
            if (route.method().equals(HttpMethod.GET)) {
                router.head(route.path()).handler(context -> serve(context, route));
            }
        });
        router.route().order(LAST_OF_PAGES).handler(context -> {
            if (PagePaths.contain(context.request().path())) {
                visited(context, visitor -> notFound(context, visitor));
            } else {
                context.next();
            }
        });
    }

    private void serve(RoutingContext context, PageRoutes.Route route) {
        if (!route.method().equals(HttpMethod.POST)) {
            visited(context, visitor -> run(context, visitor, route, Map.of()));
        } else if (!OwnOrigin.made(context.request())) {
            refuseForeign(context);
        } else {
            visited(context, visitor -> {
                if (visitor.mayManage()) {
                    readForm(context, form -> run(context, visitor, route, form));
                } else {
                    show(
                            context,
                            Optional.of(visitor),
                            problem(403, "Your key may only look.", "This needs a key with the scope manage."));
                }
            });
        }
    }

    private void run(RoutingContext context, Visitor visitor, PageRoutes.Route route, Map<String, List<String>> form) {
        PageApi api = new PageApi(client, calls, visitor, context.request());
        PageRequest request = new PageRequest(context, visitor, api, form);
        Future<PageReply> reply;
        try {
            reply = route.handler().apply(request);
        } catch (RuntimeException e) {
            reply = Future.failedFuture(e);
        }
        reply.otherwise(failure -> failed(context, failure))
                .onSuccess(done -> show(context, Optional.of(visitor), done));
    }

    private static PageReply failed(RoutingContext context, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof ApiAnswer.RefusedException refused) {
            return refusal(refused.answer());
        }
        String id = UUID.randomUUID().toString();
        LOG.errorf(cause, "page failed id=%s path=%s", id, context.normalizedPath());
        return problem(500, "Nexus failed internally.", "Its log has the details under " + id + ".");
    }

    private static PageReply refusal(ApiAnswer answer) {
        return switch (answer.status()) {
            case 404 -> problem(404, "There is no such thing.", answer.refusal());
            case 429 ->
                problem(429, "Your key has sent too many requests.", "Wait a moment, then load the page again.");
            case 503, 504 ->
                problem(
                        503,
                        "The database does not answer.",
                        "Nexus keeps trying. Nothing is lost meanwhile: changes wait in PostgreSQL's log, and owed deliveries"
                                + " in the store.");
            default -> problem(answer.status(), "The API refused this.", answer.refusal());
        };
    }

    static PageReply problem(int status, String title, String detail) {
        return PageReply.of(status, "problem", Map.of("title", title, "detail", detail, "status", status));
    }

    private void notFound(RoutingContext context, Visitor visitor) {
        boolean isKnownElsewhere = !context.request().method().equals(HttpMethod.GET)
                && !context.request().method().equals(HttpMethod.HEAD);
        show(
                context,
                Optional.of(visitor),
                isKnownElsewhere
                        ? problem(405, "This cannot be done here.", "Go back, load the page again, and try again.")
                        : problem(
                                404,
                                "There is no such page.",
                                "The address may be mistyped, or what it showed is gone."));
    }

    private void refuseForeign(RoutingContext context) {
        show(
                context,
                Optional.empty(),
                problem(
                        403,
                        "This did not come from this page.",
                        "Another site, or a browser that does not state its origin, sent this request. Nothing was changed."));
    }

    /** Continues for a visitor with a session; leads everybody else to the sign-in. */
    private void visited(RoutingContext context, Consumer<Visitor> then) {
        HttpServerRequest request = context.request();
        request.pause();
        sessions.visitor(SessionCookie.session(request)).onComplete(done -> {
            request.resume();
            if (RequestEnd.of(context).isOver()) {
                return;
            }
            if (done.succeeded() && done.result().isPresent()) {
                then.accept(done.result().get());
            } else {
                leadToSignIn(context);
            }
        });
    }

    private void leadToSignIn(RoutingContext context) {
        HttpServerRequest request = context.request();
        HttpServerResponse response = context.response().putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        String path =
                "/sign-in?next=" + PageRequest.encode(request.method().equals(HttpMethod.GET) ? request.uri() : "/");
        if (request.getHeader("HX-Request") != null) {
            response.setStatusCode(401).putHeader("HX-Redirect", "/sign-in").end();
        } else if ("/live".equals(request.path()) || !isFollowed(request)) {
            response.setStatusCode(401).end();
        } else if (OwnOrigin.isFollowedLink(request)) {
            // the cookie is strict: a browser sends it only when a document of this origin leads on
            show(context, Optional.empty(), PageReply.of("continue", Map.of("next", request.uri())));
        } else {
            response.setStatusCode(303).putHeader(HttpHeaders.LOCATION, path).end();
        }
    }

    /** A program that sends something would take the form behind a redirect for success. */
    private static boolean isFollowed(HttpServerRequest request) {
        String accepted = request.getHeader(HttpHeaders.ACCEPT);
        return request.method().equals(HttpMethod.GET)
                || request.method().equals(HttpMethod.HEAD)
                || (accepted != null && accepted.contains("text/html"));
    }

    private void showSignIn(RoutingContext context) {
        signInForm(
                context,
                200,
                Optional.empty(),
                Optional.ofNullable(context.queryParams().get("next")));
    }

    private void signInForm(RoutingContext context, int status, Optional<String> error, Optional<String> next) {
        if (sessions.isOpenMode()) {
            show(context, Optional.empty(), PageReply.redirect("/"));
            return;
        }
        Map<String, Object> data = new HashMap<>();
        data.put("error", error.orElse(null));
        data.put("next", safe(next));
        show(context, Optional.empty(), PageReply.of(status, "sign-in", data));
    }

    private void signIn(RoutingContext context, Map<String, List<String>> form) {
        HttpServerRequest request = context.request();
        if (!OwnOrigin.made(request)) {
            refuseForeign(context);
            return;
        }
        Optional<String> next = form.getOrDefault("next", List.of()).stream().findFirst();
        String key = form.getOrDefault("key", List.of("")).getFirst().strip();
        sessions.signIn(key).onComplete(done -> {
            if (done.failed()) {
                signInForm(context, 503, Optional.of("The database does not answer. Try again."), next);
                return;
            }
            switch (done.result()) {
                case Sessions.SignIn.Done signedIn -> {
                    SessionCookie.begin(request, signedIn.cookie(), signedIn.life());
                    show(context, Optional.empty(), PageReply.redirect(safe(next)));
                }
                case Sessions.SignIn.Unknown unknown ->
                    signInForm(
                            context, 401, Optional.of("This key is not one of this Nexus, or it has expired."), next);
                case Sessions.SignIn.MayNotRead mayNotRead ->
                    signInForm(
                            context,
                            403,
                            Optional.of("This key may only publish events. The page needs one that may read."),
                            next);
            }
        });
    }

    private void signOut(RoutingContext context) {
        if (!OwnOrigin.made(context.request())) {
            refuseForeign(context);
            return;
        }
        sessions.signOut(SessionCookie.session(context.request()));
        SessionCookie.end(context.request());
        show(context, Optional.empty(), PageReply.redirect("/sign-in"));
    }

    /** A path of the page, so that a link to the sign-in never leads to another site. */
    private static String safe(Optional<String> next) {
        return next.filter(path -> PagePaths.contain(path.split("[?#]", 2)[0])).orElse("/");
    }

    private void readForm(RoutingContext context, Consumer<Map<String, List<String>>> then) {
        HttpServerRequest request = context.request();
        String type = request.getHeader(HttpHeaders.CONTENT_TYPE);
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        boolean isForm = type == null || type.startsWith("application/x-www-form-urlencoded");
        if (!isForm
                || (length != null && (!length.matches("[0-9]{1,9}") || Long.parseLong(length) > MOST_FORM_BYTES))) {
            context.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
            show(context, Optional.empty(), problem(413, "The form is too large.", "A form may have 1 MiB at most."));
            return;
        }
        Future<Buffer> read = request.body();
        request.resume(); // Quarkus pauses every request
        read.onSuccess(body -> {
            if (body.length() > MOST_FORM_BYTES) {
                show(
                        context,
                        Optional.empty(),
                        problem(413, "The form is too large.", "A form may have 1 MiB at most."));
            } else {
                formOf(body.toString(StandardCharsets.UTF_8))
                        .ifPresentOrElse(
                                then,
                                () -> show(
                                        context,
                                        Optional.empty(),
                                        problem(400, "The form cannot be read.", "Go back and try again.")));
            }
        });
    }

    private static Optional<Map<String, List<String>>> formOf(String body) {
        try {
            return Optional.of(
                    new QueryStringDecoder(body, StandardCharsets.UTF_8, false, MOST_FORM_FIELDS).parameters());
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private void show(RoutingContext context, Optional<Visitor> visitor, PageReply reply) {
        HttpServerResponse response = context.response();
        if (response.ended() || response.closed()) {
            return;
        }
        response.putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        switch (reply) {
            case PageReply.Answered answered -> {}
            case PageReply.Redirect redirect -> {
                redirect.notice().ifPresent(notice -> SessionCookie.leave(context.request(), notice));
                response.setStatusCode(303)
                        .putHeader(HttpHeaders.LOCATION, redirect.path())
                        .end();
            }
            case PageReply.View view -> render(context, visitor, view);
        }
    }

    private void render(RoutingContext context, Optional<Visitor> visitor, PageReply.View view) {
        Optional<String> part = PageRequest.target(context.request());
        Map<String, Object> data = new HashMap<>(view.data());
        data.put("assets", assets);
        data.put("theme", SessionCookie.theme(context.request()).orElse(null));
        data.put("version", Version.current().number());
        data.put(
                "visitor",
                visitor.map(one -> Map.of(
                                "name",
                                one.name(),
                                "mayManage",
                                one.mayManage(),
                                "isOpen",
                                one instanceof Visitor.Open))
                        .orElse(null));
        data.put(
                "request",
                Map.of(
                        "url", context.request().uri(),
                        "path", String.valueOf(context.request().path())));
        data.put(
                "notice",
                part.isPresent()
                        ? null
                        : SessionCookie.pickUp(context.request())
                                .map(notice -> Map.of("isGood", notice.isGood(), "text", notice.text()))
                                .orElse(null));
        CompletionStage<String> unused = templates
                .render(view.template(), part, data)
                .whenComplete((html, failure) -> {
                    HttpServerResponse response = context.response();
                    if (response.ended() || response.closed()) {
                        return;
                    }
                    response.putHeader(HttpHeaders.CONTENT_TYPE, HTML)
                            .putHeader(HttpHeaders.VARY, "HX-Request, Accept-Encoding");
                    if (html == null) {
                        LOG.errorf(failure, "page not rendered template=%s", view.template());
                        response.setStatusCode(500)
                                .end(
                                        "<!doctype html><title>Nexus</title><p>Nexus failed internally; its log has the details.");
                    } else {
                        response.setStatusCode(view.status());
                        Gzip.end(context, Buffer.buffer(html));
                    }
                });
    }
}
