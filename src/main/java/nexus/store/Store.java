package nexus.store;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.postgresql.PGProperty;

/**
 * Connections to Nexus's own database. The queue has a pool of its own, because its table swings between no row and
 * millions: there the planner may only use indexes (store-wide statistics are always out of date).
 */
@Singleton
public class Store {
    /** Above any statement timeout, which is the server's to keep. */
    private static final int SILENCE_SECONDS = 45;

    /** A wait for a lock that lasts longer is given up, and asked for again by who needs it. */
    private static final Duration BLOCKING_LOCK_TIMEOUT = Duration.ofSeconds(2);

    /** Statements sent together are one transaction. A change of a subscription keeps it for milliseconds. */
    private static final String INTAKE_LOCK =
            "SET LOCAL lock_timeout = '1s'; LOCK TABLE nexus.catalog_lock IN ROW SHARE MODE";

    private static final int SETTLING_CONNECTIONS = 2;
    private static final int ACCESS_CONNECTIONS = 2;

    /** In characters; all are constants. A longer one would be parsed and planned anew each time, a round trip ahead. */
    private static final int LONGEST_STATEMENT = 16 * 1024;

    private static final Map<String, String> INDEXES_ONLY = Map.of(
            "enable_seqscan", "off",
            "enable_bitmapscan", "off",
            "enable_hashjoin", "off",
            "enable_mergejoin", "off");

    /**
     * Planned once and for all. The server itself would go on planning these anew each time, which takes longer than
     * running them, once the first few had little to do. Only for statements that have no choice of an index: a plan
     * that is made while the queue is empty lasts.
     */
    private static final Map<String, String> PLANNED_ONCE = Map.of("plan_cache_mode", "force_generic_plan");

    /** Joins there are of arrays with each other: without statistics the planner would take nested loops. */
    private static final Map<String, String> INTAKE = both(Map.of("enable_nestloop", "off"), PLANNED_ONCE);

    /** Besides, rows are found one by one: that join has no other way than an index. */
    private static final Map<String, String> SETTLING =
            both(INTAKE, Map.of("enable_seqscan", "off", "enable_bitmapscan", "off"));

    private final Vertx vertx;
    private final PostgresUrl url;
    private final SslOffer offer;
    private final Pool api;
    private final Pool access;
    private final Pool intake;
    private final Pool queue;
    private final Pool settling;

    @Inject
    public Store(Vertx vertx, StoreConfig config) {
        this.url = PostgresUrl.parse(config.url());
        this.vertx = vertx;
        PgConnectOptions options = connectOptions(url, config, Map.of());
        this.offer = new SslOffer(vertx, options);
        this.api = pool(vertx, options, "nexus-api", config.apiConnections());
        this.access = pool(vertx, options, "nexus-access", ACCESS_CONNECTIONS);
        this.intake = pool(vertx, connectOptions(url, config, INTAKE), "nexus-intake", 4);
        this.queue = pool(vertx, connectOptions(url, config, INDEXES_ONLY), "nexus-queue", config.queueConnections());
        this.settling = pool(vertx, connectOptions(url, config, SETTLING), "nexus-settling", SETTLING_CONNECTIONS);
    }

    /** For requests of the API and for upkeep. */
    public Pool api() {
        return api;
    }

    /** For keys and the audit alone: no request waits for another one's queries before it is known who asks. */
    public Pool access() {
        return access;
    }

    /** For intake alone: the two ways in do not wait for each other, nor for anybody else. */
    public Pool intake() {
        return intake;
    }

    /** For taking. */
    public Pool queue() {
        return queue;
    }

    /** For settling alone. */
    public Pool settling() {
        return settling;
    }

    /** A connection outside all pools, for what has to last: locks of a session, notifications. */
    public Future<PgConnection> connection() {
        return offer.settled().compose(settled -> PgConnection.connect(vertx, settled));
    }

    /**
     * A connection outside all pools for a thread of its own, which may block.
     *
     * @param patience an answer that takes longer, and connecting, fail; whole seconds, at least one
     */
    public Connection blockingConnection(Duration patience) throws SQLException {
        int seconds = Math.max(1, Math.toIntExact(patience.toSeconds()));
        Properties properties = new Properties();
        PGProperty.USER.set(properties, url.user());
        if (!url.password().isEmpty()) {
            PGProperty.PASSWORD.set(properties, url.password());
        }
        PGProperty.LOGIN_TIMEOUT.set(properties, seconds);
        PGProperty.SOCKET_TIMEOUT.set(properties, seconds);
        PGProperty.TCP_KEEP_ALIVE.set(properties, true);
        PGProperty.OPTIONS.set(
                properties,
                "-c search_path=nexus -c synchronous_commit=on -c idle_in_transaction_session_timeout="
                        + patience.toMillis() + " -c statement_timeout=" + patience.toMillis() + " -c lock_timeout="
                        + Math.min(BLOCKING_LOCK_TIMEOUT.toMillis(), patience.toMillis() / 2));
        return DriverManager.getConnection(url.jdbcUrl(), properties);
    }

    /**
     * Whether events could be stored now: a query goes through, and nobody keeps the lock that every intake needs. Fails
     * with the reason when not.
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

    private static Pool pool(Vertx vertx, PgConnectOptions options, String name, int size) {
        PoolOptions pool = new PoolOptions()
                .setName(name)
                .setMaxSize(size)
                .setMaxWaitQueueSize(10_000)
                .setConnectionTimeout(10)
                .setConnectionTimeoutUnit(TimeUnit.SECONDS);
        return PgBuilder.pool()
                .with(pool)
                .connectingTo(new SslOffer(vertx, givingUp(options)))
                .using(vertx)
                .build();
    }

    /**
     * A server that hangs without closing its connections answers nothing, not even that a statement took too long: then
     * the connection is dropped. So is one that nobody used for as long; the pool opens another.
     */
    private static PgConnectOptions givingUp(PgConnectOptions options) {
        PgConnectOptions pooled = new PgConnectOptions(options);
        pooled.setReadIdleTimeout(SILENCE_SECONDS);
        pooled.setIdleTimeoutUnit(TimeUnit.SECONDS);
        return pooled;
    }

    private static Map<String, String> both(Map<String, String> some, Map<String, String> others) {
        Map<String, String> all = new HashMap<>(some);
        all.putAll(others);
        return Map.copyOf(all);
    }

    private static PgConnectOptions connectOptions(PostgresUrl url, StoreConfig config, Map<String, String> settings) {
        Map<String, String> properties = new HashMap<>(settings);
        properties.put("application_name", url.applicationName());
        properties.put("search_path", "nexus");
        properties.put("TimeZone", "UTC");
        properties.put("synchronous_commit", "on");
        // What is switched off above makes plans look so dear that a server with LLVM compiles them: 0.7 s each time.
        properties.put("jit", "off");
        properties.put(
                "statement_timeout", Long.toString(config.statementTimeout().toMillis()));
        properties.put("lock_timeout", "10000");
        // A host that vanished keeps its locks only until the server finds out.
        properties.put("tcp_keepalives_idle", "5");
        properties.put("tcp_keepalives_interval", "3");
        properties.put("tcp_keepalives_count", "3");
        properties.put("idle_in_transaction_session_timeout", "60000");
        return url.clientOptions()
                .setPipeliningLimit(64)
                .setCachePreparedStatements(true)
                .setPreparedStatementCacheMaxSize(128)
                .setPreparedStatementCacheSqlLimit(LONGEST_STATEMENT)
                .setProperties(properties);
    }
}
