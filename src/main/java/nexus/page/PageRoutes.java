package nexus.page;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Collects the pages at start: an event that each room of pages observes. */
public final class PageRoutes {
    private final List<Route> routes = new ArrayList<>();
    private final List<OpenRoute> openRoutes = new ArrayList<>();

    record Route(HttpMethod method, String path, Function<PageRequest, Future<PageReply>> handler) {}

    record OpenRoute(String path, Handler<RoutingContext> handler) {}

    PageRoutes() {}

    /** @param path as for a router of Vert.x: {@code /things/:id} */
    public void get(String path, Function<PageRequest, Future<PageReply>> handler) {
        routes.add(new Route(HttpMethod.GET, path, handler));
    }

    /** An action. Only a visitor who may manage reaches the handler, and only from a page of this origin. */
    public void post(String path, Function<PageRequest, Future<PageReply>> handler) {
        routes.add(new Route(HttpMethod.POST, path, handler));
    }

    /**
     * For everybody, without a session and with every method; the handler answers by itself. It must not change anything on
     * behalf of a session.
     */
    public void open(String path, Handler<RoutingContext> handler) {
        openRoutes.add(new OpenRoute(path, handler));
    }

    List<OpenRoute> allOpen() {
        return List.copyOf(openRoutes);
    }

    List<Route> all() {
        return List.copyOf(routes);
    }
}
