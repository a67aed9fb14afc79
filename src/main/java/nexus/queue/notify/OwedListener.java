package nexus.queue.notify;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import io.vertx.pgclient.PgNotification;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.function.Consumer;
import nexus.queue.lease.DeliveryLease;
import nexus.queue.lease.LeaseSession;
import nexus.store.Store;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Receives notifications of deliveries that other processes stored, and of free shards, on a connection of its own. */
@Singleton
public class OwedListener {
    static final String CHANNEL = "nexus_owed";

    private static final String LISTEN = "LISTEN " + CHANNEL + "; LISTEN " + LeaseSession.CHANNEL;
    private static final Duration RECONNECT = Duration.ofSeconds(1);
    private static final Logger LOG = Logger.getLogger(OwedListener.class);

    private final Vertx vertx;
    private final Store store;
    private final DeliveryLease lease;
    private volatile boolean running;
    private volatile @Nullable PgConnection connection;
    private volatile long reconnect = -1;

    @Inject
    public OwedListener(Vertx vertx, Store store, DeliveryLease lease) {
        this.vertx = vertx;
        this.store = store;
        this.lease = lease;
    }

    /**
     * Starts to listen.
     *
     * @param owed receives newly owed deliveries, on any thread
     * @param missed called when notifications may have been missed, because listening starts now
     */
    public void start(Consumer<OwedRows> owed, Runnable missed) {
        running = true;
        connect(owed, missed);
    }

    public Future<Void> stop() {
        running = false;
        PgConnection open = connection;
        connection = null;
        return open == null ? Future.succeededFuture() : open.close().otherwiseEmpty();
    }

    private void connect(Consumer<OwedRows> owed, Runnable missed) {
        if (!running) {
            return;
        }
        store.connection()
                .compose(opened -> {
                    connection = opened;
                    opened.notificationHandler(notification -> heard(notification, owed));
                    opened.closeHandler(closed -> connectLater(owed, missed));
                    return running ? opened.query(LISTEN).execute().<Void>mapEmpty() : opened.close();
                })
                .onSuccess(listening -> missed.run())
                .onFailure(failure -> {
                    LOG.warnf("not listening for owed deliveries reason=%s", failure.getMessage());
                    PgConnection broken = connection;
                    connection = null;
                    if (broken == null) {
                        connectLater(owed, missed);
                    } else {
                        broken.close(); // its handler reconnects
                    }
                });
    }

    private void connectLater(Consumer<OwedRows> owed, Runnable missed) {
        connection = null;
        if (running) {
            vertx.cancelTimer(reconnect);
            reconnect = vertx.setTimer(RECONNECT.toMillis(), later -> connect(owed, missed));
        }
    }

    private void heard(PgNotification notification, Consumer<OwedRows> owed) {
        if (CHANNEL.equals(notification.getChannel())) {
            owed.accept(OwedNotices.rows(notification.getPayload()));
        } else {
            lease.look();
        }
    }
}
