package nexus.store;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.postgresql.PGProperty;

/**
 * Connections to Nexus's own database. The queue has its own pools, because the size of its table changes between no
 * row and millions: their planner may only use indexes, because store-wide statistics are always out of date.
 */
@Singleton
public class Store {
    /** A statement fails when it waits longer for a lock, and its caller tries again. */
    private static final Duration BLOCKING_LOCK_TIMEOUT = Duration.ofSeconds(2);

    /**
     * Statements that are sent together form one transaction. A change of a subscription holds the lock for
     * milliseconds.
     */
    private static final String INTAKE_LOCK =
            "SET LOCAL lock_timeout = '1s'; LOCK TABLE nexus.catalog_lock IN ROW SHARE MODE";

    private static final int SETTLING_CONNECTIONS = 2;
    private static final int ACCESS_CONNECTIONS = 2;

    private static final Map<String, String> INDEXES_ONLY = Map.of(
            "enable_seqscan", "off",
            "enable_bitmapscan", "off",
            "enable_hashjoin", "off",
            "enable_mergejoin", "off");

    /**
     * Each statement is planned once. By default the server plans these anew each time, which takes longer than running
     * them, if the first executions had little to do. Use this only for statements that have no choice of an index,
     * because a plan made while the queue is empty is kept.
     */
    private static final Map<String, String> PLANNED_ONCE = Map.of("plan_cache_mode", "force_generic_plan");

    /** These statements join arrays with each other: without statistics the planner would choose nested loops. */
    private static final Map<String, String> INTAKE = both(Map.of("enable_nestloop", "off"), PLANNED_ONCE);

    /** In addition, rows are found one by one: that join can only use an index. */
    private static final Map<String, String> SETTLING =
            both(INTAKE, Map.of("enable_seqscan", "off", "enable_bitmapscan", "off"));

    private final ReactiveSessions sessions;
    private final PostgresUrl url;
    private final SessionSettings ordinary;
    private final SessionSettings blocking;
    private final Pool api;
    private final Pool access;
    private final Pool intake;
    private final Pool queue;
    private final Pool settling;

    @Inject
    public Store(Vertx vertx, StoreConfig config) {
        this.url = PostgresUrl.parse(config.url());
        this.sessions = new ReactiveSessions(vertx, url, config.pooled());
        this.blocking = SessionSettings.store().with("synchronous_commit", config.synchronousCommit());
        this.ordinary = ordinary(blocking, config);
        this.api = pool("nexus-api", Map.of(), config.apiConnections());
        this.access = pool("nexus-access", Map.of(), ACCESS_CONNECTIONS);
        this.intake = pool("nexus-intake", INTAKE, 4);
        this.queue = pool("nexus-queue", INDEXES_ONLY, config.queueConnections());
        this.settling = pool("nexus-settling", SETTLING, SETTLING_CONNECTIONS);
    }

    /** Serves API requests and upkeep. */
    public Pool api() {
        return api;
    }

    /** Serves only keys and the audit, so that authentication never waits for the queries of other requests. */
    public Pool access() {
        return access;
    }

    /**
     * Serves only intake: captured and published events do not wait for each other, nor for other users of the store.
     */
    public Pool intake() {
        return intake;
    }

    /** Serves reads of owed deliveries. */
    public Pool queue() {
        return queue;
    }

    /** Serves only settlements. */
    public Pool settling() {
        return settling;
    }

    /** Opens a connection outside all pools, for long-lived state: session locks, notifications. */
    public Future<PgConnection> connection() {
        return sessions.connection(ordinary);
    }

    /**
     * Opens a connection outside all pools for a thread of its own, which may block.
     *
     * @param patience timeout of connecting and of each answer; whole seconds, at least one
     */
    public Connection blockingConnection(Duration patience) throws SQLException {
        int seconds = Math.max(1, Math.toIntExact(patience.toSeconds()));
        Properties driver = new Properties();
        PGProperty.LOGIN_TIMEOUT.set(driver, seconds);
        PGProperty.SOCKET_TIMEOUT.set(driver, seconds);
        String millis = Long.toString(patience.toMillis());
        return JdbcSessions.open(
                url,
                blocking.with(Map.of(
                        "idle_in_transaction_session_timeout",
                        millis,
                        "statement_timeout",
                        millis,
                        "lock_timeout",
                        Long.toString(Math.min(BLOCKING_LOCK_TIMEOUT.toMillis(), patience.toMillis() / 2)))),
                driver);
    }

    /**
     * Checks whether events can be stored now: a query succeeds, and no session holds the lock that every intake needs.
     * The future fails with the reason if not.
     */
    public Future<Void> ping() {
        return api.query(INTAKE_LOCK)
                .execute()
                .<Void>mapEmpty()
                .recover(failure -> StoreErrors.isMissingTable(failure) // not migrated yet
                        ? Future.succeededFuture()
                        : Future.failedFuture(failure));
    }

    @PreDestroy
    public void close() {
        api.close();
        access.close();
        intake.close();
        queue.close();
        settling.close();
    }

    private Pool pool(String name, Map<String, String> settings, int size) {
        return sessions.pool(
                ordinary.with(settings),
                new PoolOptions()
                        .setName(name)
                        .setMaxSize(size)
                        .setMaxWaitQueueSize(10_000)
                        .setConnectionTimeout(10)
                        .setConnectionTimeoutUnit(TimeUnit.SECONDS));
    }

    private static Map<String, String> both(Map<String, String> some, Map<String, String> others) {
        Map<String, String> all = new HashMap<>(some);
        all.putAll(others);
        return Map.copyOf(all);
    }

    private static SessionSettings ordinary(SessionSettings base, StoreConfig config) {
        return base.with(Map.of(
                // The planner settings above make plans look so expensive that a server with LLVM would compile them
                // each time.
                "jit",
                "off",
                "statement_timeout",
                Long.toString(config.statementTimeout().toMillis()),
                "lock_timeout",
                "10000",
                // The locks of a host that vanished are held until the server detects it.
                "tcp_keepalives_idle",
                "5",
                "tcp_keepalives_interval",
                "3",
                "tcp_keepalives_count",
                "3",
                "idle_in_transaction_session_timeout",
                "60000"));
    }
}
