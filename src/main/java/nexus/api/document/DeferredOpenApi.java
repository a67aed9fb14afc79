package nexus.api.document;

import io.quarkus.smallrye.openapi.OpenApiFilter.RunStage;
import io.quarkus.smallrye.openapi.runtime.OpenApiConstants;
import io.quarkus.smallrye.openapi.runtime.OpenApiRecorder;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Creates the OpenAPI document at its first use. Quarkus 3.31 and later create it at every start, which takes a large
 * part of a native executable's start time (quarkusio/quarkus#54826); this class is unnecessary with a version that
 * contains #55538.
 */
@Singleton
public class DeferredOpenApi {
    private static final String PATHS = "/openapi(\\.\\w+)?";

    /** Must be called before the application starts, so that the start finds no document to create. */
    public static void defer() {
        OpenApiConstants.classLoader = new WithoutDocument();
    }

    void route(@Observes Router router) {
        router.routeWithRegex(PATHS)
                .method(HttpMethod.GET)
                .method(HttpMethod.HEAD)
                .order(Integer.MIN_VALUE)
                .blockingHandler(asking -> {
                    make();
                    asking.next();
                });
    }

    /** Creates the document unless it exists. The first call takes a moment. */
    static synchronized void make() {
        if (OpenApiConstants.classLoader instanceof WithoutDocument) {
            OpenApiConstants.classLoader = DeferredOpenApi.class.getClassLoader();
            // it does not use its configuration here
            new OpenApiRecorder(null, null).prepareDocument(null, noFilters(), OpenApiConstants.DEFAULT_DOCUMENT_NAME);
        }
    }

    private static Map<RunStage, List<String>> noFilters() {
        return Arrays.stream(RunStage.values()).collect(Collectors.toMap(Function.identity(), stage -> List.of()));
    }

    private static final class WithoutDocument extends ClassLoader {
        WithoutDocument() {
            super(DeferredOpenApi.class.getClassLoader());
        }

        @Override
        public @Nullable InputStream getResourceAsStream(String name) {
            return name.startsWith(OpenApiConstants.BASE_NAME) ? null : super.getResourceAsStream(name);
        }
    }
}
