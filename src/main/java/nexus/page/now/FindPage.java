package nexus.page.now;

import io.vertx.core.Future;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.regex.Pattern;
import nexus.page.PageReply;
import nexus.page.PageRequest;
import nexus.page.PageRoutes;

/** {@code /find}: leads from an id, a row or a type to its page. */
@Singleton
final class FindPage {
    private static final Pattern ID = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
    private static final Pattern DELIVERY = Pattern.compile("dlv_[0-9_]+");
    private static final Pattern ROW = Pattern.compile("[^:]+\\.[^:]+:.+");

    void add(@Observes PageRoutes routes) {
        routes.get("/find", this::find);
    }

    private Future<PageReply> find(PageRequest request) {
        String text = request.query("q").orElse("").strip();
        if (text.isEmpty()) {
            return Future.succeededFuture(PageReply.redirect("/"));
        }
        String encoded = PageRequest.encode(text);
        if (ID.matcher(text).matches()) {
            return request.api()
                    .get("/v1/subscriptions/" + encoded)
                    .map(found -> PageReply.redirect((found.isGood() ? "/subscriptions/" : "/events/") + encoded));
        }
        String path = DELIVERY.matcher(text).matches()
                ? "/deliveries/" + encoded
                : ROW.matcher(text).matches() ? "/key/" + encoded : "/events?type=" + encoded;
        return Future.succeededFuture(PageReply.redirect(path));
    }
}
