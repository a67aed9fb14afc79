package nexus.page;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nexus.access.session.Visitor;

/** A request of a visitor for a page, or an action of one. */
public final class PageRequest {
    private final RoutingContext context;
    private final Visitor visitor;
    private final PageApi api;
    private final Map<String, List<String>> form;

    PageRequest(RoutingContext context, Visitor visitor, PageApi api, Map<String, List<String>> form) {
        this.context = context;
        this.visitor = visitor;
        this.api = api;
        this.form = form;
    }

    /** The API, with the rights of the visitor's key. */
    public PageApi api() {
        return api;
    }

    /** Whether the visitor may change anything. */
    public boolean mayManage() {
        return visitor.mayManage();
    }

    Visitor visitor() {
        return visitor;
    }

    /** The decoded value of a parameter in the path. */
    public String path(String name) {
        return String.valueOf(context.pathParam(name));
    }

    /** The value of a parameter in the path, percent-encoded again as one segment or value of a query. */
    public String encoded(String name) {
        return encode(path(name));
    }

    /** A value of the query; empty when it is missing or empty, as a form sends a field that nothing was entered in. */
    public Optional<String> query(String name) {
        return Optional.ofNullable(context.queryParams().get(name)).filter(value -> !value.isEmpty());
    }

    public MultiMap query() {
        return context.queryParams();
    }

    /** A value of the posted form; empty when it is missing or empty. */
    public Optional<String> form(String name) {
        return formAll(name).stream().findFirst().filter(value -> !value.isEmpty());
    }

    /** All values of a field of the posted form. */
    public List<String> formAll(String name) {
        return form.getOrDefault(name, List.of());
    }

    /** The posted form. */
    public Map<String, List<String>> form() {
        return form;
    }

    /** Path and query, as they were requested. */
    public String url() {
        return String.valueOf(context.request().uri());
    }

    /** The id of the element that htmx replaces with the answer; empty when the whole document was requested. */
    public Optional<String> target() {
        return target(context.request());
    }

    static Optional<String> target(HttpServerRequest request) {
        boolean isPart = request.getHeader("HX-Request") != null
                && request.getHeader("HX-Boosted") == null
                && request.getHeader("HX-History-Restore-Request") == null;
        return isPart ? Optional.ofNullable(request.getHeader("HX-Target")) : Optional.empty();
    }

    /** For pages that answer in their own way: streams and receivers. */
    public RoutingContext context() {
        return context;
    }

    /** Percent-encodes one segment of a path or one value of a query. */
    public static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
