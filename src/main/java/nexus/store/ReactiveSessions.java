package nexus.store;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.SqlConnection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** The only place that opens connections of the reactive client. */
public final class ReactiveSessions {
    private static final Logger LOG = Logger.getLogger(ReactiveSessions.class);

    /** Longer than any statement timeout, which the server enforces. */
    private static final int SILENCE_SECONDS = 45;

    /**
     * In characters; all statements are constants. A longer statement would be parsed and planned anew each time, in an
     * additional round trip.
     */
    private static final int LONGEST_STATEMENT = 16 * 1024;

    /** Ends its own session, so that a pool does not hand it out. */
    private static final String END = "SELECT pg_catalog.pg_terminate_backend(pg_catalog.pg_backend_pid())";

    private final Vertx vertx;
    private final PostgresUrl url;
    private final boolean isPooled;

    /** Clients of connections outside pools: one for each kind. */
    private final Map<SessionSettings, StartMessage> outside = new ConcurrentHashMap<>();

    /**
     * @param isPooled whether a pooler is in front of the server, which would refuse the options of the start-up
     *     message
     */
    public ReactiveSessions(Vertx vertx, PostgresUrl url, boolean isPooled) {
        this.vertx = vertx;
        this.url = url;
        this.isPooled = isPooled;
    }

    /** A pool that sets the settings of each session before any other statement runs in it. */
    public Pool pool(SessionSettings settings, PoolOptions pool) {
        StartMessage start = start(givingUp(options(settings)));
        return PgBuilder.pool()
                .with(pool)
                .connectingTo(start)
                .withConnectHandler(opened -> {
                    start.started(opened);
                    prepare(opened, settings);
                })
                .using(vertx)
                .build();
    }

    /** A connection outside all pools. */
    public Future<PgConnection> connection(SessionSettings settings) {
        StartMessage start = outside.computeIfAbsent(settings, wanted -> start(options(wanted)));
        return start.settled()
                .compose(settled -> PgConnection.connect(vertx, settled))
                .onSuccess(start::started)
                .compose(opened -> opened.query(settings.statement())
                        .execute()
                        .map(opened)
                        .recover(failure ->
                                opened.close().otherwiseEmpty().compose(closed -> Future.failedFuture(failure))));
    }

    /** Sets the settings, then closes the connection, which makes the session available in the pool. */
    private static void prepare(SqlConnection opened, SessionSettings settings) {
        opened.query(settings.statement())
                .execute()
                .<Void>mapEmpty()
                .recover(failure -> {
                    LOG.warnf("session not usable reason=%s", failure.getMessage());
                    return opened.query(END).execute().mapEmpty();
                })
                .onComplete(done -> opened.close());
    }

    private StartMessage start(PgConnectOptions options) {
        return new StartMessage(vertx, url, isPooled, options);
    }

    private PgConnectOptions options(SessionSettings settings) {
        Map<String, String> parameters = new HashMap<>();
        if (!isPooled) {
            parameters.putAll(settings.values());
        }
        parameters.put("client_encoding", "UTF8");
        parameters.put("application_name", url.applicationName());
        return url.clientOptions()
                .setPipeliningLimit(64)
                .setCachePreparedStatements(true)
                .setPreparedStatementCacheMaxSize(128)
                .setPreparedStatementCacheSqlLimit(LONGEST_STATEMENT)
                .setProperties(parameters);
    }

    /**
     * A server that hangs without closing its connections answers nothing, not even that a statement took too long; the
     * client then drops the connection. It also drops a connection that was idle for as long; the pool opens another.
     */
    private static PgConnectOptions givingUp(PgConnectOptions options) {
        PgConnectOptions pooled = new PgConnectOptions(options);
        pooled.setReadIdleTimeout(SILENCE_SECONDS);
        pooled.setIdleTimeoutUnit(TimeUnit.SECONDS);
        return pooled;
    }
}
