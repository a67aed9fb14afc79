package nexus.intake;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import nexus.subscription.matching.Undecided;
import org.jboss.logging.Logger;

/**
 * Adds the events that filters could not decide to the counters of their subscriptions, a few seconds later: one event may
 * concern thousands. What was not written when the process ends is not counted.
 */
final class UndecidedCounts {
    private static final Logger LOG = Logger.getLogger(UndecidedCounts.class);
    private static final Duration WRITTEN_AFTER = Duration.ofSeconds(2);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(30);

    private final EventRepository repository;
    private Undecided waiting = new Undecided(); // guarded by this
    private boolean isComing; // guarded by this

    UndecidedCounts(EventRepository repository) {
        this.repository = repository;
    }

    void add(Undecided undecided) {
        if (!undecided.isEmpty()) {
            synchronized (this) {
                waiting.addAll(undecided);
                writeAfter(WRITTEN_AFTER);
            }
        }
    }

    private synchronized void writeAfter(Duration pause) {
        if (!isComing) {
            isComing = true;
            CompletableFuture.delayedExecutor(pause.toMillis(), TimeUnit.MILLISECONDS)
                    .execute(this::write);
        }
    }

    private void write() {
        Map<Integer, Long> counts = taken();
        repository.countUndecided(counts).onFailure(failure -> {
            LOG.debugf("undecided events not counted, the next write tries again reason=%s", failure.getMessage());
            synchronized (this) {
                waiting.addAll(counts);
                writeAfter(AFTER_FAILURE);
            }
        });
    }

    private synchronized Map<Integer, Long> taken() {
        Map<Integer, Long> counts = waiting.counts();
        waiting = new Undecided();
        isComing = false;
        return counts;
    }
}
