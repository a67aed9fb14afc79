package nexus.page.admin;

import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nexus.page.ApiAnswer;
import nexus.page.PageReply;
import nexus.page.PageRequest;
import nexus.page.PageRoutes;

/** {@code /keys}: the stored keys, and the only sight of a new one. */
@Singleton
final class KeyPages {
    private static final List<String> SCOPES = List.of("read", "manage", "publish");

    private final Clock clock;

    KeyPages(Clock clock) {
        this.clock = clock;
    }

    void add(@Observes PageRoutes routes) {
        routes.get("/keys", request -> show(request, 200, Map.of()));
        routes.post("/keys", this::create);
        routes.post("/keys/:id/delete", this::delete);
    }

    /** @param more what the form showed before, or the key that was made */
    private static Future<PageReply> show(PageRequest request, int status, Map<String, ?> more) {
        String cursor = request.query("cursor")
                .map(given -> "&cursor=" + PageRequest.encode(given))
                .orElse("");
        return request.api().get("/v1/keys?limit=100" + cursor).map(answer -> {
            answer.orRefuse();
            Map<String, Object> data = new HashMap<>();
            data.put("made", null);
            data.put("error", null);
            data.put("name", "");
            data.put("expires", "");
            data.put("scopes", List.of("read"));
            data.put("next", answer.json().get("next"));
            data.put("stored", answer.data());
            data.putAll(more);
            return PageReply.of(status, "keys", data);
        });
    }

    private Future<PageReply> create(PageRequest request) {
        String name = request.form("name").orElse("");
        String expires = request.form("expires").orElse("");
        List<String> scopes =
                SCOPES.stream().filter(request.formAll("scopes")::contains).toList();
        JsonObject body = new JsonObject().put("name", name).put("scopes", new JsonArray(scopes));
        days(expires)
                .ifPresent(
                        life -> body.put("expiresAt", clock.instant().plus(life).toString()));
        return request.api()
                .post("/v1/keys", body.encode())
                .compose(answer -> answer.isGood()
                        ? show(request, 200, Map.of("made", answer.json()))
                        : show(request, answer.status(), again(answer, name, expires, scopes)));
    }

    private static Map<String, Object> again(ApiAnswer answer, String name, String expires, List<String> scopes) {
        String why = scopes.isEmpty() ? "Choose what the key may do." : answer.refusal();
        return Map.of("error", why, "name", name, "expires", expires, "scopes", scopes);
    }

    private static Optional<Duration> days(String text) {
        return text.matches("[1-9][0-9]{0,3}") ? Optional.of(Duration.ofDays(Long.parseLong(text))) : Optional.empty();
    }

    private Future<PageReply> delete(PageRequest request) {
        return request.api()
                .delete("/v1/keys/" + request.encoded("id"))
                .map(answer -> PageReply.done(answer, "The key is deleted. Nobody gets in with it any more.", "/keys"));
    }
}
