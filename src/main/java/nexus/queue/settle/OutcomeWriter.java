package nexus.queue.settle;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.IntConsumer;
import nexus.queue.lease.Term;
import nexus.store.StoreErrors;
import org.jboss.logging.Logger;

/**
 * Writes outcomes down in groups: what comes in while one transaction is under way goes into the next one. Belongs to
 * the backlog's event loop.
 *
 * <p>When the store does not answer, the outcomes wait here and are written later, as long as the term lasts. A group
 * that fails because of one of its rows is halved until that row is alone, so that it stops nobody else.
 */
public final class OutcomeWriter {
    private static final Logger LOG = Logger.getLogger(OutcomeWriter.class);
    private static final int MAX_GROUP = 500;
    /** In one group: then more are on their way. */
    private static final int LOAD = 16;

    private static final long LONGEST_PAUSE_MILLIS = 20;
    /** In which others of the same packed row are answered. */
    private static final long RUN_PAUSE_MILLIS = 5;

    private static final Duration RETRY = Duration.ofMillis(500);

    private final Vertx vertx;
    private final Settling settlement;
    private final IntConsumer waitingMeter;
    private final IntConsumer refused;
    private final Term term;
    private final BiConsumer<List<Outcome>, Set<Long>> written;

    private final Deque<Outcome> waiting = new ArrayDeque<>();
    private boolean writing; // or gathering
    private boolean closed;

    /**
     * Begins with nothing to write.
     *
     * @param refused told how many outcomes the store refused, because the term is over
     * @param waitingMeter told how many outcomes wait
     * @param written told the outcomes of a group and the seqs of those that were written
     */
    public OutcomeWriter(
            Vertx vertx,
            Settling settlement,
            Term term,
            IntConsumer refused,
            IntConsumer waitingMeter,
            BiConsumer<List<Outcome>, Set<Long>> written) {
        this.vertx = vertx;
        this.settlement = settlement;
        this.waitingMeter = waitingMeter;
        this.refused = refused;
        this.term = term;
        this.written = written;
    }

    public void add(Outcome outcome) {
        waiting.add(outcome);
        writeSoon();
        waitingMeter.accept(waiting.size());
    }

    /** The term is over: what is not written would be refused, so it is dropped. */
    public void close() {
        closed = true;
        waiting.clear();
        waitingMeter.accept(0);
    }

    private void writeSoon() {
        if (!writing && settlement.isBetterLater(waiting)) {
            writeAfter(RUN_PAUSE_MILLIS);
        } else {
            writeNext();
        }
    }

    private void writeAfter(long pauseMillis) {
        writing = true;
        vertx.setTimer(pauseMillis, over -> {
            writing = false;
            writeNext();
        });
    }

    private void writeNext() {
        if (writing || closed || waiting.isEmpty()) {
            return;
        }
        List<Outcome> group = new ArrayList<>();
        while (!waiting.isEmpty() && group.size() < MAX_GROUP) {
            group.add(waiting.remove());
        }
        writing = true;
        long began = System.nanoTime();
        write(group).onComplete(done -> {
            waitingMeter.accept(waiting.size());
            gather(group.size(), Duration.ofNanos(System.nanoTime() - began));
        });
    }

    /** Under load a commit is worth as long a wait as it took: the next one is shared by more. */
    private void gather(int written, Duration took) {
        long pause = written < LOAD || waiting.size() >= MAX_GROUP
                ? 0
                : Math.clamp(took.toMillis(), 1, LONGEST_PAUSE_MILLIS);
        if (pause == 0) {
            writing = false;
            writeSoon();
        } else {
            writeAfter(pause);
        }
    }

    /** Never fails. */
    private Future<Void> write(List<Outcome> group) {
        return settlement.settle(term, group).transform(settled -> {
            if (closed) {
                return Future.succeededFuture();
            }
            if (settled.failed()) {
                return StoreErrors.isAboutOneRow(settled.cause())
                        ? writeApart(group, settled.cause())
                        : writeLater(group, settled.cause());
            }
            Optional<Set<Long>> seqs = settled.result();
            if (seqs.isEmpty()) {
                refused.accept(group.size());
            } else {
                written.accept(group, seqs.get());
            }
            return Future.succeededFuture();
        });
    }

    private Future<Void> writeLater(List<Outcome> group, Throwable failure) {
        LOG.warnf("outcomes not written, will try again count=%d reason=%s", group.size(), failure.getMessage());
        return vertx.timer(RETRY.toMillis(), TimeUnit.MILLISECONDS)
                .compose(later -> closed ? Future.succeededFuture() : write(group));
    }

    private Future<Void> writeApart(List<Outcome> group, Throwable failure) {
        if (group.size() > 1) {
            int half = group.size() / 2;
            return write(group.subList(0, half)).compose(first -> write(group.subList(half, group.size())));
        }
        Outcome outcome = group.getFirst();
        LOG.errorf(
                "outcome can't be stored as it is event=%s lane=%d seq=%d reason=%s",
                outcome.delivery().eventId(),
                outcome.delivery().lane(),
                outcome.delivery().seq(),
                failure.getMessage());
        Outcome bare = bare(outcome);
        return settlement.settle(term, List.of(bare)).transform(settled -> {
            if (!closed && settled.succeeded()) {
                written.accept(List.of(bare), settled.result().orElse(Set.of()));
            }
            return Future.succeededFuture(); // not even so: it stays under way until the next term
        });
    }

    /** Without what came from outside. */
    private static Outcome bare(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Sent sent -> new Outcome.Sent(sent.delivery(), bare(sent.made()));
            case Outcome.Again again -> new Outcome.Again(again.delivery(), bare(again.made()), again.due());
            case Outcome.Dead dead ->
                new Outcome.Dead(dead.delivery(), dead.attempt().map(OutcomeWriter::bare), dead.reason());
        };
    }

    private static Outcome.AttemptMade bare(Outcome.AttemptMade made) {
        return new Outcome.AttemptMade(made.at(), made.durationMs(), null, "the answer could not be stored", null);
    }
}
