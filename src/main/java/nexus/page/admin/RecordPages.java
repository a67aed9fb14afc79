package nexus.page.admin;

import io.vertx.core.Future;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import nexus.page.PageReply;
import nexus.page.PageRequest;
import nexus.page.PageRoutes;

/** {@code /audit}, {@code /types} and {@code /settings}: what is only looked at. */
@Singleton
final class RecordPages {
    private static final List<String> AUDIT_FILTERS = List.of("actor", "resourceId", "since", "until", "cursor");

    void add(@Observes PageRoutes routes) {
        routes.get("/audit", this::audit);
        routes.get("/types", this::types);
        routes.get("/settings", this::settings);
    }

    private Future<PageReply> audit(PageRequest request) {
        StringBuilder path = new StringBuilder("/v1/audit?limit=50");
        Map<String, Object> filters = new HashMap<>();
        for (String name : AUDIT_FILTERS) {
            String value = request.query(name).orElse("");
            filters.put(name, value);
            if (!value.isEmpty()) {
                path.append('&').append(name).append('=').append(PageRequest.encode(instant(name, value)));
            }
        }
        return request.api().get(path.toString()).map(answer -> {
            Map<String, Object> data = new HashMap<>();
            data.put("filters", filters);
            data.put("isFiltered", AUDIT_FILTERS.stream().anyMatch(name -> request.query(name)
                    .isPresent()));
            if (answer.status() == 422) {
                data.put("error", answer.refusal());
                data.put("entries", List.of());
                data.put("next", null);
                return PageReply.of(422, "audit", data);
            }
            answer.orRefuse();
            data.put("error", null);
            data.put("entries", answer.data());
            data.put("next", answer.json().get("next"));
            return PageReply.of("audit", data);
        });
    }

    /** A field for a day and time gives them without seconds and zone; they are read as UTC. */
    private static String instant(String name, String value) {
        boolean isLocal =
                (name.equals("since") || name.equals("until")) && value.matches("[0-9-]{10}T[0-9]{2}:[0-9]{2}");
        return isLocal ? value + ":00Z" : value;
    }

    private Future<PageReply> types(PageRequest request) {
        return request.api().get("/v1/event-types").map(answer -> {
            Map<String, Object> seen = answer.orRefuse();
            return PageReply.of("types", Map.of("of", seen.getOrDefault("of", 0L), "types", answer.data()));
        });
    }

    private Future<PageReply> settings(PageRequest request) {
        return request.api().get("/v1/settings").map(answer -> {
            answer.orRefuse();
            return PageReply.of("settings", Map.of("settings", answer.data()));
        });
    }
}
