package nexus.upkeep;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import nexus.liveness.LoopHeartbeats;
import nexus.store.Store;
import org.jboss.logging.Logger;

/** Runs each chore again when its time has come since it was last done; one that fails is tried again then. */
@Singleton
public class Upkeep {
    private static final Logger LOG = Logger.getLogger(Upkeep.class);
    private static final String LOOP = "upkeep";

    private record Chore(String name, Duration every, Supplier<Future<?>> work) {}

    private final Vertx vertx;
    private final LoopHeartbeats heartbeats;
    private final List<Chore> chores;
    private volatile boolean running;

    @Inject
    public Upkeep(Vertx vertx, Store store, Clock clock, UpkeepConfig config, LoopHeartbeats heartbeats) {
        this.vertx = vertx;
        this.heartbeats = heartbeats;
        CounterSums sums = new CounterSums(store);
        QueueVacuum vacuum = new QueueVacuum(store);
        DayPartitions days = new DayPartitions(store, clock, config.retention());
        this.chores = List.of(
                new Chore("counters", config.counters(), () -> sums.fold().onSuccess(vacuum::add)),
                new Chore("vacuum", config.pruning(), vacuum::run),
                new Chore("idempotency", config.pruning(), new ExpiredKeys(store)::delete),
                new Chore("audit", config.days(), new PastAudit(store, config.auditRetention())::delete),
                new Chore("days-ahead", config.days(), days::makeAhead),
                new Chore("days-past", config.days(), days::dropPast));
    }

    void onStart(@Observes @Priority(35) StartupEvent event) {
        start();
    }

    void onStop(@Observes ShutdownEvent event) {
        stop();
    }

    public void start() {
        running = true;
        chores.forEach(this::run);
    }

    public void stop() {
        running = false;
        heartbeats.stopped(LOOP);
    }

    private void run(Chore chore) {
        if (!running) {
            return;
        }
        heartbeats.beat(LOOP);
        Future.<Void>succeededFuture()
                .compose(begun -> chore.work().get().mapEmpty())
                .onFailure(failure -> LOG.warnf("upkeep failed chore=%s reason=%s", chore.name(), failure.getMessage()))
                .onComplete(done -> vertx.setTimer(chore.every().toMillis(), again -> run(chore)));
    }
}
