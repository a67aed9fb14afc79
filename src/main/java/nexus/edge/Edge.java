package nexus.edge;

import io.netty.util.concurrent.EventExecutor;
import io.quarkus.arc.Unremovable;
import io.vertx.core.Vertx;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import nexus.api.document.AllowedMethods;
import nexus.api.problem.Problem;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** State that the handlers of all connections share. */
@Singleton
@Unremovable
final class Edge {
    private static final String ANY_METHOD = "GET, HEAD, OPTIONS";

    private final EdgeConfig config;
    private final RefusalMeters meters;
    private final AllowedMethods allowed;
    private final Vertx vertx;
    private final int managementPort;
    private final AtomicInteger apiConnections = new AtomicInteger();
    private final AtomicInteger managementConnections = new AtomicInteger();

    @Inject
    Edge(
            EdgeConfig config,
            RefusalMeters meters,
            AllowedMethods allowed,
            Vertx vertx,
            @ConfigProperty(name = "quarkus.management.port", defaultValue = "9000") int managementPort) {
        this.config = config;
        this.meters = meters;
        this.allowed = allowed;
        this.vertx = vertx;
        this.managementPort = managementPort;
    }

    boolean isManagement(int port) {
        return port == managementPort;
    }

    Duration firstRequest() {
        return config.firstRequest();
    }

    Duration idle() {
        return config.idle();
    }

    /** @return whether there is room for one more connection */
    boolean opened(boolean isManagement) {
        AtomicInteger open = isManagement ? managementConnections : apiConnections;
        int limit = isManagement ? config.managementConnections() : config.apiConnections();
        if (open.incrementAndGet() > limit) {
            open.decrementAndGet();
            return false;
        }
        return true;
    }

    void closed(boolean isManagement) {
        (isManagement ? managementConnections : apiConnections).decrementAndGet();
    }

    void refused(Problem problem) {
        meters.refused(problem.code());
    }

    /** @param then receives the value of {@code Allow} on {@code executor}, because the document is generated at first use */
    void allowedMethods(String path, EventExecutor executor, Consumer<String> then) {
        allowed.find(vertx, path)
                .otherwise(Optional.empty())
                .onSuccess(found -> executor.execute(() -> then.accept(found.orElse(ANY_METHOD))));
    }
}
