package nexus.store;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.SqlConnectOptions;
import io.vertx.sqlclient.SqlConnection;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Determines the options of each connection of the reactive client before it is opened: whether it is encrypted, and
 * whether the server knows the {@link NewerSetting}. The client does not report to a pool's users why a session could
 * not be started, so this class tries it with a connection of its own.
 */
final class StartMessage implements Supplier<Future<SqlConnectOptions>> {
    private final Vertx vertx;
    private final PostgresUrl url;
    private final boolean isPooled;
    private final SslOffer offer;

    /**
     * @param isPooled whether a pooler is in front of the server, which would refuse the options of the start-up
     *     message
     */
    StartMessage(Vertx vertx, PostgresUrl url, boolean isPooled, PgConnectOptions options) {
        this.vertx = vertx;
        this.url = url;
        this.isPooled = isPooled;
        this.offer = new SslOffer(vertx, options);
    }

    @Override
    public Future<SqlConnectOptions> get() {
        return settled().map(settled -> settled);
    }

    Future<PgConnectOptions> settled() {
        Future<PgConnectOptions> offered = offer.settled();
        return isPooled ? offered : offered.compose(this::withNewerSetting);
    }

    private Future<PgConnectOptions> withNewerSetting(PgConnectOptions plain) {
        PgConnectOptions with = new PgConnectOptions(plain).addProperty(NewerSetting.NAME, NewerSetting.VALUE);
        Optional<Boolean> known = NewerSetting.isKnownAt(url);
        return known.map(Future::succeededFuture)
                .orElseGet(() -> isAccepted(with))
                .map(isKnown -> isKnown ? with : plain);
    }

    private Future<Boolean> isAccepted(PgConnectOptions with) {
        return PgConnection.connect(vertx, with)
                .compose(opened -> opened.close().otherwiseEmpty().map(closed -> true))
                .recover(failure -> failure instanceof PgException e && NewerSetting.isRefused(e.getSqlState())
                        ? Future.succeededFuture(false)
                        : Future.failedFuture(failure))
                .onSuccess(isKnown -> NewerSetting.record(url, isKnown));
    }

    /** Records that a session was started, because the server may have been upgraded. */
    void started(SqlConnection opened) {
        if (!isPooled && NewerSetting.isIn(opened.databaseMetadata().majorVersion())) {
            NewerSetting.record(url, true);
        }
    }
}
