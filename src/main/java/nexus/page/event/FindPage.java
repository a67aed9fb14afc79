package nexus.page.event;

import io.vertx.core.Future;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.regex.Pattern;
import nexus.page.PageReply;
import nexus.page.PageRequest;
import nexus.page.PageRoutes;

/** {@code /find}: leads to what a text from the search field means: an id, a row, or a type of events. */
@Singleton
final class FindPage {
    private static final Pattern DELIVERY = Pattern.compile("dlv_[0-9_]{1,80}");
    private static final Pattern UUID_SHAPE = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

    void add(@Observes PageRoutes routes) {
        routes.get("/find", this::find);
    }

    private Future<PageReply> find(PageRequest request) {
        String text = request.query("q").map(String::strip).orElse("");
        String encoded = PageRequest.encode(text);
        if (UUID_SHAPE.matcher(text).matches()) {
            return request.api()
                    .get("/v1/subscriptions/" + encoded)
                    .map(found -> to((found.isGood() ? "/subscriptions/" : "/events/") + encoded));
        }
        return Future.succeededFuture(to(path(text, encoded)));
    }

    private static String path(String text, String encoded) {
        if (text.isEmpty()) {
            return "/events";
        }
        if (DELIVERY.matcher(text).matches()) {
            return "/deliveries/" + encoded;
        }
        return text.indexOf(':') > 0 ? "/key/" + encoded : "/events?type=" + encoded;
    }

    private static PageReply to(String path) {
        return new PageReply.Redirect(path, Optional.empty());
    }
}
