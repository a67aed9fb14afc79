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
import org.jspecify.annotations.Nullable;

/**
 * Stores outcomes in groups: outcomes that arrive during a transaction go into the next one. Belongs to the backlog's event
 * loop.
 *
 * <p>While the store does not respond, outcomes wait and are stored later, as long as the term lasts. A group that fails
 * because of one row is halved until that row is alone, so that it does not block the others.
 */
public final class OutcomeWriter {
    private static final Logger LOG = Logger.getLogger(OutcomeWriter.class);
    private static final int MAX_GROUP = 500;
    /** Outcomes that make a full group, when more are expected. */
    private static final int LOAD = 16;

    private static final long LONGEST_PAUSE_MILLIS = 20;
    /** The time to wait for responses to other deliveries of the same packed row. */
    private static final long RUN_PAUSE_MILLIS = 5;

    private static final Duration RETRY = Duration.ofMillis(500);

    private final Vertx vertx;
    private final Settling settlement;
    private final IntConsumer waitingMeter;
    private final IntConsumer refused;
    private final Term term;
    private final BiConsumer<List<Outcome>, Set<Long>> written;

    private final Deque<Outcome> waiting = new ArrayDeque<>();
    private boolean writing; // or while a group is collected
    private boolean closed;

    /**
     * Creates a writer without outcomes.
     *
     * @param refused receives the number of outcomes that the store refused because the term is over
     * @param waitingMeter receives the number of waiting outcomes
     * @param written receives the outcomes of a group and the seqs of the stored ones
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

    /** Those of one batch must be added together. */
    public void add(List<Outcome> outcomes) {
        waiting.addAll(outcomes);
        writeSoon();
        waitingMeter.accept(waiting.size());
    }

    /** Ends the term. Outcomes that are not stored would be refused, so they are dropped. */
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
        while (!waiting.isEmpty() && (group.size() < MAX_GROUP || isSameBatch(group.getLast(), waiting.peek()))) {
            group.add(waiting.remove());
        }
        writing = true;
        long began = System.nanoTime();
        write(group).onComplete(done -> {
            waitingMeter.accept(waiting.size());
            gather(group.size(), Duration.ofNanos(System.nanoTime() - began));
        });
    }

    /** A batch that failed stays the same only if all of its deliveries get their due time together. */
    private static boolean isSameBatch(Outcome one, @Nullable Outcome next) {
        return one instanceof Outcome.Again before
                && next instanceof Outcome.Again after
                && before.due().equals(after.due())
                && before.delivery().lane() == after.delivery().lane();
    }

    /** Under load, waits as long as a commit took, so that more outcomes share the next one. */
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
        LOG.warnf("outcomes not stored, retrying count=%d reason=%s", group.size(), failure.getMessage());
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
                "outcome cannot be stored unchanged event=%s lane=%d seq=%d reason=%s",
                outcome.delivery().eventId(),
                outcome.delivery().lane(),
                outcome.delivery().seq(),
                failure.getMessage());
        Outcome bare = bare(outcome);
        return settlement.settle(term, List.of(bare)).transform(settled -> {
            if (!closed && settled.succeeded()) {
                written.accept(List.of(bare), settled.result().orElse(Set.of()));
            }
            return Future.succeededFuture(); // still refused: it stays in progress until the next term
        });
    }

    /** Returns a copy without text from outside. */
    private static Outcome bare(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Sent sent -> new Outcome.Sent(sent.delivery(), bare(sent.made()));
            case Outcome.Again again -> new Outcome.Again(again.delivery(), bare(again.made()), again.due());
            case Outcome.Dead dead ->
                new Outcome.Dead(dead.delivery(), dead.attempt().map(OutcomeWriter::bare), dead.reason());
        };
    }

    private static Outcome.AttemptMade bare(Outcome.AttemptMade made) {
        return new Outcome.AttemptMade(
                made.at(), made.durationMs(), null, "the answer could not be stored", null, made.batch());
    }
}
