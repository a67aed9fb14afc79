package nexus.upkeep;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import nexus.intake.OwnEvents;
import nexus.liveness.LoopHeartbeats;
import nexus.liveness.Rounds;
import nexus.queue.override.OwedExpiry;
import nexus.store.Store;
import org.jboss.logging.Logger;

/** Runs each chore at its own interval. A chore that fails is repeated after the same interval. */
@Singleton
public class Upkeep {
    private static final Logger LOG = Logger.getLogger(Upkeep.class);
    /** Every statement has a timeout far below this, so a chore that takes longer hangs. */
    private static final Duration SLOWEST_WORK = Duration.ofMinutes(2);
    /** A vacuum has no timeout, and there may be many partitions. */
    private static final Duration SLOWEST_LONG_WORK = Duration.ofHours(2);

    private record Chore(String name, Duration every, Duration slowest, Supplier<Future<?>> work) {
        Rounds rounds(Vertx vertx, LoopHeartbeats heartbeats) {
            return new Rounds(vertx, heartbeats, "upkeep-" + name, every, slowest, () -> work.get()
                    .onFailure(failure -> LOG.warnf("upkeep failed chore=%s reason=%s", name, failure.getMessage())));
        }
    }

    private final List<Rounds> chores;

    @Inject
    public Upkeep(
            Vertx vertx,
            Store store,
            OwedExpiry expiry,
            OwnEvents ownEvents,
            UpkeepConfig config,
            LoopHeartbeats heartbeats) {
        CounterSums sums = new CounterSums(store);
        QueueVacuum vacuum = new QueueVacuum(store);
        DayPartitions days = new DayPartitions(store, expiry, new ExpiryNotices(ownEvents), config.retention());
        this.chores = Stream.of(
                        new Chore("counters", config.counters(), SLOWEST_WORK, () -> sums.fold()
                                .onSuccess(vacuum::add)),
                        new Chore("keys", config.counters(), SLOWEST_LONG_WORK, new KeySummaries(store)::add),
                        new Chore("vacuum", config.pruning(), SLOWEST_LONG_WORK, vacuum::run),
                        new Chore("idempotency", config.pruning(), SLOWEST_LONG_WORK, new ExpiredKeys(store)::delete),
                        new Chore(
                                "audit",
                                config.days(),
                                SLOWEST_LONG_WORK,
                                new PastAudit(store, config.auditRetention())::delete),
                        new Chore(
                                "counts",
                                config.days(),
                                SLOWEST_LONG_WORK,
                                new PastCounts(store, config.retention())::sum),
                        new Chore(
                                "jobs",
                                config.days(),
                                SLOWEST_LONG_WORK,
                                new PastJobs(store, config.retention())::delete),
                        new Chore("days", config.days(), SLOWEST_LONG_WORK, days::turn))
                .map(chore -> chore.rounds(vertx, heartbeats))
                .toList();
    }

    void onStart(@Observes @Priority(35) StartupEvent event) {
        start();
    }

    void onStop(@Observes ShutdownEvent event) {
        stop();
    }

    public void start() {
        chores.forEach(Rounds::start);
    }

    public void stop() {
        chores.forEach(Rounds::stop);
    }
}
