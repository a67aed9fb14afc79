package nexus.webhook;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;

/**
 * In-flight requests, in the order of their start. All have the same timeout, so the first one is the first to be late, and
 * one timer is enough for all. Belongs to the sender's event loop.
 */
final class OpenExchanges {
    private final Vertx vertx;
    private final Duration timeout;
    private final SequencedSet<Exchange> open = new LinkedHashSet<>();
    private boolean isWatched;

    /** @param timeout of each, from its beginning */
    OpenExchanges(Vertx vertx, Duration timeout) {
        this.vertx = vertx;
        this.timeout = timeout;
    }

    void add(Exchange exchange) {
        open.add(exchange);
        watch();
    }

    void remove(Exchange exchange) {
        open.remove(exchange);
    }

    /** Ends all that are made under a lease. */
    void cutOff() {
        List.copyOf(open).stream().filter(Exchange::isUnderLease).forEach(Exchange::cutOff);
    }

    private void watch() {
        if (!isWatched && !open.isEmpty()) {
            isWatched = true;
            vertx.setTimer(Math.max(1, millisLeft(open.getFirst())), ignored -> {
                isWatched = false;
                endLate();
            });
        }
    }

    private void endLate() {
        try {
            while (!open.isEmpty() && millisLeft(open.getFirst()) <= 0) {
                open.removeFirst().timedOut();
            }
        } finally {
            watch();
        }
    }

    /** Whole milliseconds until it is late, with the one that has begun; 0 or less: it is. */
    private long millisLeft(Exchange exchange) {
        return timeout.minus(exchange.took()).plusNanos(999_999).toMillis();
    }
}
