package nexus.subscription.catalog;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import nexus.liveness.LoopHeartbeats;
import nexus.liveness.Rounds;
import org.jboss.logging.Logger;

/** Keeps the catalog of this process in step with changes of others: reads its version every three seconds. */
@Singleton
public class CatalogWatch {
    private static final Logger LOG = Logger.getLogger(CatalogWatch.class);
    private static final Duration EVERY = Duration.ofSeconds(3);
    /** A read may wait twice for a connection, and for the response until the connection times out. */
    private static final Duration SLOWEST_ROUND = Duration.ofMinutes(3);

    private static final Duration FIRST_LOAD = Duration.ofSeconds(60);

    private final SubscriptionCatalog catalog;
    private final Rounds rounds;

    @Inject
    public CatalogWatch(Vertx vertx, SubscriptionCatalog catalog, LoopHeartbeats heartbeats) {
        this.catalog = catalog;
        this.rounds = new Rounds(vertx, heartbeats, "catalog", EVERY, SLOWEST_ROUND, () -> catalog.refresh()
                .onFailure(failure -> LOG.warnf("catalog not read cause=%s", failure)));
    }

    /** Nothing else may start before the catalog is loaded, because it would find no subscriptions. */
    void onStart(@Observes @Priority(20) StartupEvent event)
            throws InterruptedException, ExecutionException, TimeoutException {
        catalog.reload().toCompletionStage().toCompletableFuture().get(FIRST_LOAD.toMillis(), TimeUnit.MILLISECONDS);
        start();
    }

    void onStop(@Observes ShutdownEvent event) {
        stop();
    }

    public void start() {
        rounds.startAfterPause();
    }

    /** @return completed when no read is in progress any more */
    public Future<?> stop() {
        return rounds.stop();
    }
}
