package nexus.replication.stream;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import nexus.intake.Along;
import nexus.intake.Checkpoint;
import nexus.intake.CheckpointLostException;
import nexus.intake.EventIntake;
import nexus.intake.EventRefusal;
import nexus.replication.position.SourcePosition;
import nexus.replication.position.SourcePositionRepository;
import nexus.replication.source.SourceErrors;
import nexus.replication.state.StoreUnavailableException;
import nexus.replication.trouble.StoreRefusals;
import nexus.retry.Doubling;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Passes batches to intake one at a time, while the reader continues to read. A failed batch is retried a few times,
 * unless the store is down or another process has taken over. Used by the reader's thread.
 */
public final class BatchStoring {
    private static final Logger LOG = Logger.getLogger(BatchStoring.class);
    private static final Doubling RETRIES = new Doubling(Duration.ofMillis(200), Duration.ofSeconds(5));
    /** Retries for about six seconds. More attempts would hide a standstill. */
    private static final int MOST_FAILURES = 5;

    private final EventIntake intake;
    private final SourcePositionRepository positions;
    private final StoreRefusals refusals;
    private final Thread reader;
    private SourcePosition stored;
    private SourcePosition handled;
    private @Nullable Attempt attempt;

    /** @param stored the position in the store */
    public BatchStoring(
            EventIntake intake,
            SourcePositionRepository positions,
            StoreRefusals refusals,
            SourcePosition stored,
            Thread reader) {
        this.intake = intake;
        this.positions = positions;
        this.refusals = refusals;
        this.stored = stored;
        this.handled = stored;
        this.reader = reader;
    }

    private record Attempt(
            ReadBatch.Taken batch, SourcePosition to, Future<SourcePosition> result, int failures, long retryNanos) {}

    boolean isIdle() {
        return attempt == null;
    }

    /** Whether the current batch was refused at least once. */
    boolean isFailing() {
        Attempt current = attempt;
        return current != null && (current.failures > 0 || current.result.failed());
    }

    /** The position in the store; only its end may be confirmed. */
    SourcePosition stored() {
        return stored;
    }

    /** The position up to which every event is stored or not wanted. */
    SourcePosition handled() {
        return handled;
    }

    void start(ReadBatch.Taken batch, SourcePosition to) {
        attempt = attempt(batch, to, wakingReader(capture(batch, to)), 0);
    }

    /**
     * Checks whether the batch is stored.
     *
     * @throws CheckpointLostException if another process has taken over
     * @throws StoreUnavailableException if the store is down, since a wait would prevent the source from shutting down;
     *     or if the store has refused the batch several times
     */
    void check() {
        Attempt current = attempt;
        if (current == null || !current.result.isComplete()) {
            return;
        }
        if (current.result.succeeded()) {
            stored = current.result.result();
            handled = current.to;
            attempt = null;
            current.batch.along().forEach(Along::stored);
            return;
        }
        Throwable failure = current.result.cause();
        if (failure instanceof CheckpointLostException lost) {
            throw lost;
        }
        if (SourceErrors.serverIsDown(failure) || current.failures == MOST_FAILURES) {
            throw new StoreUnavailableException(failure);
        }
        if (System.nanoTime() - current.retryNanos >= 0) {
            LOG.warnf(
                    "batch not stored, trying again events=%d to=%s failures=%d reason=%s",
                    current.batch.events().size(), current.to.doneEnd(), current.failures + 1, failure.getMessage());
            Future<SourcePosition> again = wakingReader(retry(current.batch, current.to));
            attempt = attempt(current.batch, current.to, again, current.failures + 1);
        }
    }

    /** Retries from the stored position, since the failed transaction may have been committed nevertheless. */
    private Future<SourcePosition> retry(ReadBatch.Taken batch, SourcePosition to) {
        return positions.find(stored.slot()).compose(found -> {
            Optional<SourcePosition> now = found.map(SourcePositionRepository.Stored::position);
            if (now.filter(to::equals).isPresent()) {
                return Future.succeededFuture(to);
            }
            return now.filter(stored::equals).isPresent()
                    ? capture(batch, to)
                    : Future.failedFuture(new CheckpointLostException(stored.slot()));
        });
    }

    private Future<SourcePosition> capture(ReadBatch.Taken batch, SourcePosition to) {
        SourcePosition from = stored;
        Checkpoint checkpoint = from.upTo(to);
        EventRefusal.Listener listener = refusal -> refusals.report(refusal, from, to);
        return (batch.along().isEmpty()
                        ? intake.capture(batch.events(), checkpoint, listener)
                        : intake.capture(batch.events(), batch.along(), checkpoint, listener))
                .map(hasMoved -> hasMoved ? to : from);
    }

    private Future<SourcePosition> wakingReader(Future<SourcePosition> result) {
        return result.onComplete(done -> LockSupport.unpark(reader));
    }

    private static Attempt attempt(
            ReadBatch.Taken batch, SourcePosition to, Future<SourcePosition> result, int failures) {
        long wait = RETRIES.nth(failures + 1).toNanos();
        return new Attempt(batch, to, result, failures, System.nanoTime() + wait);
    }
}
