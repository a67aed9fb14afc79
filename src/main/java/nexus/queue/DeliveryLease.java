package nexus.queue;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import nexus.store.Store;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Which process delivers. One of them holds a lock of its own session in the store and with it every shard; the others
 * ask again every few seconds. Each term has a number of its own, which every settlement checks: what a former owner
 * still sends is refused.
 *
 * <p>A term outlives its connection: when that breaks and nobody has taken over meanwhile, it goes on. The owner may
 * send until 15 s after it <em>sent</em> its last heartbeat that went through, on its own monotonic
 * clock; {@link #isHeld()} is asked right before every request.
 */
@Singleton
public class DeliveryLease {
    /** Advisory lock: shared by every settlement, exclusive for a takeover. */
    static final long OWNERSHIP_LOCK = 7_310_002;

    private static final long SESSION_LOCK = 7_310_003;
    private static final Duration BEAT = Duration.ofSeconds(3);
    private static final Duration RECONNECT = Duration.ofMillis(500);
    private static final Duration VALID = Duration.ofSeconds(15);

    private static final String TRY_SESSION_LOCK = "SELECT pg_try_advisory_lock(" + SESSION_LOCK + ")";
    private static final String WAIT_FOR_SETTLEMENTS = "SELECT pg_advisory_xact_lock(" + OWNERSHIP_LOCK + ")";
    private static final String END_OTHER_TERMS = "DELETE FROM process";
    private static final String BEGIN_TERM = """
            INSERT INTO process (id, epoch)
            SELECT (n % 2147483647)::int, n FROM nextval('process_epoch') n
            RETURNING id, epoch""";
    private static final String TAKE_SHARDS = "UPDATE shard SET process = $1, generation = generation + 1";
    private static final String HEARTBEAT = "UPDATE process SET beat = beat + 1 WHERE id = $1 AND epoch = $2";

    private static final Logger LOG = Logger.getLogger(DeliveryLease.class);

    /** From taking the lease to losing it. */
    public record Term(int process, long epoch) {}

    /** Told on the lease's own event loop. */
    public interface Holder {
        void gained(Term term);

        void lost();
    }

    private final Vertx vertx;
    private final Store store;

    private volatile long validUntilNanos;
    private volatile @Nullable Term term;
    private volatile boolean running;
    private @Nullable Holder holder;
    private @Nullable PgConnection connection;
    private long timer = -1;
    private int failures; // in a row

    public DeliveryLease(Vertx vertx, Store store) {
        this.vertx = vertx;
        this.store = store;
    }

    /** Begins to ask for the lease. */
    public void start(Holder newHolder) {
        holder = newHolder;
        running = true;
        ask();
    }

    /** Whether a request may be sent now. */
    public boolean isHeld() {
        return term != null && System.nanoTime() - validUntilNanos < 0;
    }

    /** The store refused a settlement of this term: another process has taken over. */
    public void refused(Term over) {
        if (over.equals(term)) {
            lose();
        }
    }

    /** Whether this term still lasts, and a request may be sent now. */
    public boolean isHeld(Term asked) {
        return asked.equals(term) && isHeld();
    }

    /** Gives the lease back, so that another process takes over at once. */
    public Future<Void> stop() {
        running = false;
        vertx.cancelTimer(timer);
        PgConnection open = connection;
        connection = null;
        lose();
        return open == null ? Future.succeededFuture() : open.close().otherwiseEmpty();
    }

    private void ask() {
        vertx.cancelTimer(timer);
        Future<Void> step = connection == null ? connect() : term == null ? tryToTake() : beat();
        step.timeout(VALID.toMillis(), TimeUnit.MILLISECONDS)
                .onFailure(failure -> {
                    LOG.warnf("lease of delivery not confirmed reason=%s", failure.getMessage());
                    disconnect();
                    loseIfOver();
                })
                .onComplete(done -> {
                    failures = done.succeeded() ? 0 : failures + 1;
                    askAgain(failures == 1 ? RECONNECT : BEAT);
                });
    }

    private void askAgain(Duration wait) {
        if (running) {
            vertx.cancelTimer(timer);
            timer = vertx.setTimer(wait.toMillis(), again -> ask());
        }
    }

    private Future<Void> connect() {
        return store.connection().compose(opened -> {
            if (!running) {
                return opened.close();
            }
            connection = opened;
            opened.closeHandler(closed -> {
                if (connection == opened) {
                    connection = null;
                    askAgain(RECONNECT);
                }
            });
            return tryToTake();
        });
    }

    /** With a term: a connection broke, and it goes on if nobody has taken over meanwhile. */
    private Future<Void> tryToTake() {
        PgConnection session = connected();
        return session.query(TRY_SESSION_LOCK).execute().compose(rows -> {
            if (!rows.iterator().next().getBoolean(0)) {
                loseIfOver();
                return Future.succeededFuture();
            }
            return term == null ? take(session) : beat();
        });
    }

    private Future<Void> take(PgConnection session) {
        long asked = System.nanoTime();
        return session.begin()
                .compose(transaction -> session.query(WAIT_FOR_SETTLEMENTS)
                        .execute()
                        .compose(locked -> session.query(END_OTHER_TERMS).execute())
                        .compose(ended -> session.query(BEGIN_TERM).execute())
                        .map(DeliveryLease::term)
                        .compose(begun -> session.preparedQuery(TAKE_SHARDS)
                                .execute(Tuple.of(begun.process()))
                                .compose(taken -> transaction.commit())
                                .map(committed -> begun)))
                .onSuccess(begun -> {
                    if (!running || connection != session) {
                        return; // given up while it was being taken: its session is closed, and with it the lock
                    }
                    validUntilNanos = asked + VALID.toNanos();
                    term = begun;
                    LOG.infof("lease of delivery taken process=%d epoch=%d", begun.process(), begun.epoch());
                    if (holder != null) {
                        holder.gained(begun);
                    }
                })
                .mapEmpty();
    }

    private Future<Void> beat() {
        Term current = term;
        if (current == null) {
            return Future.succeededFuture();
        }
        long sent = System.nanoTime();
        return connected()
                .preparedQuery(HEARTBEAT)
                .execute(Tuple.of(current.process(), current.epoch()))
                .onSuccess(rows -> {
                    if (rows.rowCount() == 0) {
                        lose();
                    } else {
                        validUntilNanos = sent + VALID.toNanos();
                    }
                })
                .mapEmpty();
    }

    /** The connection is of no use: the session's lock goes with it. */
    private void disconnect() {
        PgConnection broken = connection;
        connection = null;
        if (broken != null) {
            broken.close();
        }
    }

    private void loseIfOver() {
        if (!isHeld()) {
            lose();
        }
    }

    private void lose() {
        if (term == null) {
            return;
        }
        term = null;
        LOG.info("lease of delivery given up");
        if (holder != null) {
            holder.lost();
        }
    }

    private PgConnection connected() {
        PgConnection open = connection;
        if (open == null) {
            throw new IllegalStateException("not connected");
        }
        return open;
    }

    private static Term term(RowSet<Row> rows) {
        Row row = rows.iterator().next();
        return new Term(row.getInteger(0), row.getLong(1));
    }
}
