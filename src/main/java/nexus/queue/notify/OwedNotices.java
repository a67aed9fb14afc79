package nexus.queue.notify;

import io.quarkus.runtime.Startup;
import io.vertx.core.Vertx;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import nexus.queue.lease.DeliveryLease;
import nexus.store.NamedSql;
import nexus.store.Store;
import org.jboss.logging.Logger;

/**
 * Notifies the other processes of deliveries that this process stored in their lanes: at once after a pause, then at most
 * every few milliseconds, in a separate statement after the commit, because NOTIFY takes a lock that serialises the commits of
 * all notifying transactions of the database. The poll makes up for a lost notification.
 */
@Startup
@Singleton
public class OwedNotices {
    /** The limit of PostgreSQL is 8000. */
    private static final int MAX_PAYLOAD = 7_000;

    private static final String BY_HAND = "!";
    private static final long PAUSE_MILLIS = 8;
    private static final NamedSql NOTIFY = NamedSql.of(
            "SELECT pg_notify('" + OwedListener.CHANNEL + "', p) FROM unnest(:payloads::text[]) p", "payloads");

    private static final Logger LOG = Logger.getLogger(OwedNotices.class);

    private final Vertx vertx;
    private final Store store;
    private final DeliveryLease lease;
    private Map<Integer, Long> waiting = new HashMap<>(); // guarded by this
    private boolean waitingByHand; // guarded by this
    private boolean pausing; // guarded by this

    @Inject
    public OwedNotices(Vertx vertx, Store store, OwedSignal signal, DeliveryLease lease) {
        this.vertx = vertx;
        this.store = store;
        this.lease = lease;
        signal.onOwed(this::owed);
    }

    private void owed(OwedRows rows) {
        boolean isFirst;
        synchronized (this) {
            rows.lowestSeqByLane().forEach((lane, seq) -> {
                if (!lease.works(lane)) {
                    waiting.merge(lane, seq, Math::min);
                    waitingByHand |= rows.byHand();
                }
            });
            isFirst = !pausing && !waiting.isEmpty();
            pausing |= isFirst;
        }
        if (isFirst) {
            send();
        }
    }

    private void send() {
        OwedRows sending;
        synchronized (this) {
            sending = new OwedRows(waiting, waitingByHand);
            waiting = new HashMap<>();
            waitingByHand = false;
            if (sending.lowestSeqByLane().isEmpty()) {
                pausing = false;
                return;
            }
        }
        NOTIFY.on(store.queue(), (Object) payloads(sending).toArray(String[]::new))
                .onFailure(failure -> LOG.debugf("owners not notified reason=%s", failure.getMessage()))
                .onComplete(done -> vertx.setTimer(PAUSE_MILLIS, over -> send()));
    }

    /**
     * {@code lane:seq} separated by blanks. Cursors move back to the seq, because it may become visible after later ones. A mark
     * at the start means that some deliveries were retried by hand.
     */
    static List<String> payloads(OwedRows rows) {
        List<String> payloads = new ArrayList<>();
        String start = rows.byHand() ? BY_HAND : "";
        StringBuilder payload = new StringBuilder(start);
        rows.lowestSeqByLane().forEach((lane, seq) -> {
            String entry = lane + ":" + seq;
            if (payload.length() + entry.length() + 1 > MAX_PAYLOAD) {
                payloads.add(payload.toString());
                payload.setLength(0);
                payload.append(start);
            }
            payload.append(payload.isEmpty() ? "" : " ").append(entry);
        });
        payloads.add(payload.toString());
        return payloads;
    }

    /** Parses the text of {@link #payloads}; malformed entries are skipped. */
    static OwedRows rows(String payload) {
        Map<Integer, Long> lowest = new HashMap<>();
        boolean byHand = payload.startsWith(BY_HAND);
        for (String entry :
                payload.substring(byHand ? BY_HAND.length() : 0).strip().split(" ", -1)) {
            int colon = entry.indexOf(':');
            try {
                lowest.put(
                        Integer.valueOf(entry.substring(0, Math.max(0, colon))),
                        Long.valueOf(entry.substring(colon + 1)));
            } catch (NumberFormatException e) {
                LOG.debugf("notification not understood channel=%s", OwedListener.CHANNEL);
            }
        }
        return new OwedRows(lowest, byHand);
    }
}
