package nexus.page.now;

import io.vertx.core.Future;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.Map;
import nexus.page.PageReply;
import nexus.page.PageRequest;
import nexus.page.PageRoutes;

/** {@code /}: the state of everything on one screen. */
@Singleton
final class NowPage {
    void add(@Observes PageRoutes routes) {
        routes.get("/", this::show);
    }

    private Future<PageReply> show(PageRequest request) {
        return request.api().get("/v1/health").map(health -> {
            boolean isOk = health.isGood();
            return PageReply.of(
                    "now",
                    Map.of(
                            "verdict",
                            Map.of(
                                    "level", isOk ? "good" : "bad",
                                    "title", isOk ? "Everything is all right." : "Something is wrong.",
                                    "detail", "Capture is " + health.json().get("capture"))));
        });
    }
}
