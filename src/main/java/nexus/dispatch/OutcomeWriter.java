package nexus.dispatch;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import nexus.queue.DeliveryLease;
import nexus.queue.Outcome;
import nexus.queue.Settlement;
import org.jboss.logging.Logger;

/**
 * Writes outcomes down in groups: what comes in while one transaction is under way goes into the next one. Belongs to
 * the dispatcher's event loop.
 *
 * <p>When the store does not answer, the outcomes wait here and are written later, as long as the term lasts; nothing
 * is sent twice for that.
 */
final class OutcomeWriter {
    private static final Logger LOG = Logger.getLogger(OutcomeWriter.class);
    private static final int MAX_GROUP = 500;
    private static final Duration RETRY = Duration.ofMillis(500);

    private final Vertx vertx;
    private final Settlement settlement;
    private final DeliveryLease.Term term;
    private final BiConsumer<List<Outcome>, Set<Long>> written;

    private final Deque<Outcome> waiting = new ArrayDeque<>();
    private final List<Promise<Void>> whenFlushed = new ArrayList<>();
    private boolean writing;
    private boolean closed;

    /** @param written told the outcomes of a group and the seqs of those that were written */
    OutcomeWriter(
            Vertx vertx, Settlement settlement, DeliveryLease.Term term, BiConsumer<List<Outcome>, Set<Long>> written) {
        this.vertx = vertx;
        this.settlement = settlement;
        this.term = term;
        this.written = written;
    }

    void add(Outcome outcome) {
        waiting.add(outcome);
        writeNext();
    }

    /** When everything that was added up to now is written; never, when the term ends before. */
    Future<Void> flushed() {
        if (waiting.isEmpty() && !writing) {
            return Future.succeededFuture();
        }
        Promise<Void> flushed = Promise.promise();
        whenFlushed.add(flushed);
        return flushed.future();
    }

    /** The term is over: what is not written will be refused, so it is dropped. */
    void close() {
        closed = true;
        waiting.clear();
    }

    private void writeNext() {
        if (writing || closed) {
            return;
        }
        if (waiting.isEmpty()) {
            List<Promise<Void>> told = List.copyOf(whenFlushed);
            whenFlushed.clear();
            told.forEach(Promise::complete);
            return;
        }
        List<Outcome> group = new ArrayList<>();
        while (!waiting.isEmpty() && group.size() < MAX_GROUP) {
            group.add(waiting.remove());
        }
        writing = true;
        write(group).onComplete(done -> {
            writing = false;
            writeNext();
        });
    }

    private Future<Void> write(List<Outcome> group) {
        return settlement.settle(term, group).transform(settled -> {
            if (closed) {
                return Future.succeededFuture();
            }
            if (settled.succeeded()) {
                written.accept(group, settled.result());
                return Future.succeededFuture();
            }
            LOG.warnf(
                    "outcomes not written, will try again count=%d reason=%s",
                    group.size(), settled.cause().getMessage());
            return vertx.timer(RETRY.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS)
                    .compose(later -> closed ? Future.<Void>succeededFuture() : write(group));
        });
    }
}
