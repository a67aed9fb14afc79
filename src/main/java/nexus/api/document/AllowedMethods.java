package nexus.api.document;

import io.quarkus.arc.Unremovable;
import io.quarkus.smallrye.openapi.runtime.OpenApiDocumentService;
import io.smallrye.openapi.runtime.io.Format;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The methods of each path according to the served document, because the HTTP layer refuses a method without listing
 * the others.
 */
@Singleton
@Unremovable
public class AllowedMethods {
    private static final String DOCUMENT = "<default>";
    private static final Set<String> METHODS = Set.of("get", "post", "put", "patch", "delete");

    private final OpenApiDocumentService documents;
    private volatile List<Known> known = List.of();

    private record Known(Pattern path, boolean isTemplate, String methods) {}

    @Inject
    AllowedMethods(OpenApiDocumentService documents) {
        this.documents = documents;
    }

    /** As {@link #of}, for an event loop, because the first use creates the document. */
    public Future<Optional<String>> find(Vertx vertx, String path) {
        return vertx.executeBlocking(() -> of(path), false).map(found -> found == null ? Optional.empty() : found);
    }

    /** The header {@code Allow}; empty for an unknown path. */
    public Optional<String> of(String path) {
        if (known.isEmpty()) {
            DeferredOpenApi.make();
            known = read(documents.getDocument(DOCUMENT, Format.JSON));
        }
        return known.stream()
                .filter(one -> one.path().matcher(path).matches())
                .map(Known::methods)
                .findFirst();
    }

    private static List<Known> read(byte[] document) {
        List<Known> all = new ArrayList<>();
        new JsonObject(Buffer.buffer(document)).getJsonObject("paths").forEach(entry -> {
            Set<String> methods = new TreeSet<>();
            ((JsonObject) entry.getValue())
                    .fieldNames().stream()
                            .filter(METHODS::contains)
                            .map(method -> method.toUpperCase(Locale.ROOT))
                            .forEach(methods::add);
            if (methods.contains("GET")) {
                methods.add("HEAD");
            }
            methods.add("OPTIONS");
            String path = Pattern.quote(entry.getKey()).replaceAll("\\{[^}]*}", "\\\\E[^/]+\\\\Q");
            all.add(new Known(
                    Pattern.compile(path + "/?"), entry.getKey().indexOf('{') >= 0, String.join(", ", methods)));
        });
        all.sort(Comparator.comparing(Known::isTemplate)); // /v1/events/batch before /v1/events/{id}
        return List.copyOf(all);
    }
}
