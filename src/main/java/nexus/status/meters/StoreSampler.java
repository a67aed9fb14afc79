package nexus.status.meters;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Row;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.function.ToDoubleFunction;
import nexus.liveness.LoopHeartbeats;
import nexus.liveness.Rounds;
import nexus.queue.lookup.OldestDue;
import nexus.store.IndexedRead;
import nexus.store.NamedSql;
import nexus.store.Rows;
import nexus.store.Store;
import org.jboss.logging.Logger;

/**
 * Meters that need a query. The query runs on a timer, so that scrapes cost the store nothing, however frequent they
 * are. The names are public and listed in README.md.
 */
@Singleton
public final class StoreSampler {
    private static final Logger LOG = Logger.getLogger(StoreSampler.class);
    private static final Duration PAUSE = Duration.ofSeconds(15);
    /** A sample may wait for a connection, and for a response until the connection times out. */
    private static final Duration SLOWEST_ROUND = Duration.ofMinutes(2);

    private static final NamedSql SAMPLE = NamedSql.of("""
            SELECT counted.pending, counted.failed, coalesce(extract(epoch FROM now() - due.oldest), 0)::float8 AS oldest_due,
                   (SELECT coalesce(max(extract(epoch FROM now() - xact_start)), 0)::float8
                    FROM pg_stat_activity WHERE datname = current_database()) AS oldest_transaction,
                   (SELECT sum(n_dead_tup)::float8 FROM pg_stat_user_tables
                    WHERE schemaname = 'nexus' AND relname IN ('owed', 'owed_run')) AS dead_tuples,
                   (SELECT count(*)::float8 FROM subscription
                    WHERE breaker_opened_at IS NOT NULL AND state = 'active' AND deleted_at IS NULL) AS open_breakers,
                   (SELECT count(*)::float8 FROM subscription
                    WHERE disabled_reason IS NOT NULL AND deleted_at IS NULL) AS disabled,
                   counted.dead
            FROM (SELECT coalesce(sum(pending), 0)::float8 AS pending, coalesce(sum(failed), 0)::float8 AS failed,
                         coalesce(sum(dead), 0)::float8 AS dead
                  FROM (SELECT pending, failed, dead FROM stat
                        UNION ALL SELECT pending, failed, dead FROM stat_delta) both_tables) counted,
                 %s due""".formatted(OldestDue.OF_ALL));

    private final Store store;
    private final Rounds rounds;
    private volatile StoreSample latest = StoreSample.UNKNOWN;

    @Inject
    public StoreSampler(Vertx vertx, Store store, LoopHeartbeats heartbeats, MeterRegistry registry) {
        this.store = store;
        this.rounds = new Rounds(vertx, heartbeats, "store-sampler", PAUSE, SLOWEST_ROUND, this::sample);
        owed(registry, "pending", StoreSample::pending);
        owed(registry, "failed", StoreSample::failed);
        gauge("nexus.queue.oldest.due.age", StoreSample::oldestDueSeconds)
                .description("Age of the oldest due delivery of a lane that is not parked")
                .baseUnit("seconds")
                .register(registry);
        gauge("nexus.queue.dead.tuples", StoreSample::deadTuples)
                .description("Dead rows in the queue's tables, as estimated by PostgreSQL")
                .register(registry);
        gauge("nexus.breaker.open", StoreSample::openBreakers)
                .description("Subscriptions whose endpoint fails so often that only probes are sent")
                .register(registry);
        gauge("nexus.subscription.disabled", StoreSample::disabledSubscriptions)
                .description(
                        "Subscriptions that Nexus has disabled, after a 410 or because every attempt failed for long")
                .register(registry);
        gauge("nexus.delivery.dead", StoreSample::dead)
                .description("Dead deliveries, without those that were retried by hand")
                .register(registry);
        gauge("nexus.store.oldest.transaction.age", StoreSample::oldestTransactionSeconds)
                .description("Age of the oldest open transaction in the store's database: it keeps dead rows alive")
                .baseUnit("seconds")
                .register(registry);
    }

    void start(@Observes @Priority(50) StartupEvent event) {
        rounds.start();
    }

    void stop(@Observes ShutdownEvent event) {
        rounds.stop();
    }

    /** The latest sample, at most some seconds old. */
    public StoreSample latest() {
        return latest;
    }

    private Future<StoreSample> sample() {
        return read().onSuccess(sample -> latest = sample).onFailure(failure -> {
            latest = StoreSample.UNKNOWN;
            LOG.warnf("store not sampled cause=%s", failure);
        });
    }

    /** Takes one sample. */
    public Future<StoreSample> read() {
        return IndexedRead.of(SAMPLE).on(store.api()).map(rows -> {
            Row row = Rows.only(rows);
            return new StoreSample(
                    row.getDouble("pending"),
                    row.getDouble("failed"),
                    row.getDouble("oldest_due"),
                    row.getDouble("oldest_transaction"),
                    row.getDouble("dead_tuples"),
                    row.getDouble("open_breakers"),
                    row.getDouble("disabled"),
                    row.getDouble("dead"));
        });
    }

    private void owed(MeterRegistry registry, String status, ToDoubleFunction<StoreSample> value) {
        gauge("nexus.queue.owed", value)
                .description("Deliveries owed: not tried yet, or to be tried again")
                .tag("status", status)
                .register(registry);
    }

    private Gauge.Builder<StoreSampler> gauge(String name, ToDoubleFunction<StoreSample> value) {
        return Gauge.builder(name, this, sampler -> value.applyAsDouble(sampler.latest));
    }
}
