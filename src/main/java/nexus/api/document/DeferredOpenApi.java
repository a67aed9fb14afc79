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
 * Makes the OpenAPI document when it is first asked for. Quarkus 3.31 and later make it at every start, which is a third
 * of the time that a native executable takes until it is ready (quarkusio/quarkus#54826); with a version that has their
 * mending (#55538) this class can go.
 */
@Singleton
public class DeferredOpenApi {
    private static final String PATHS = "/openapi(\\.\\w+)?";

    /** To be called before the application starts: its start finds no document to make. */
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

    /** Makes the document if nobody has asked for it yet. Takes a moment, once. */
    static synchronized void make() {
        if (OpenApiConstants.classLoader instanceof WithoutDocument) {
            OpenApiConstants.classLoader = DeferredOpenApi.class.getClassLoader();
            // it has no use for its configuration here
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
