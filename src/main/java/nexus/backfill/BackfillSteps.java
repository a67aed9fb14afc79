package nexus.backfill;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import nexus.backfill.table.CannotRead;
import nexus.backfill.table.Leaf;
import nexus.backfill.table.ReadChunk;
import nexus.job.Job;
import nexus.job.JobKind;
import nexus.job.Jobs;
import nexus.job.Progress;
import nexus.job.Turn;
import nexus.notation.SqlState;
import nexus.process.Role;
import nexus.queue.override.OwedAgain;
import nexus.replication.ReplicationReader;
import nexus.replication.stream.ChunkStream;
import nexus.replication.stream.ChunkStream.Outcome;
import nexus.store.Store;
import nexus.subscription.Batch;
import nexus.subscription.Subscription;
import nexus.subscription.catalog.SubscriptionCatalog;
import nexus.subscription.matching.Undecided;
import org.jboss.logging.Logger;

/**
 * The steps of backfills, in the process that captures. Each reads one chunk on a thread of its own; its rows and the new
 * cursor are stored together, in the order of the stream.
 */
@Singleton
public class BackfillSteps implements JobKind {
    private static final Logger LOG = Logger.getLogger(BackfillSteps.class);
    private static final int THREADS = 4;
    /** Most owed deliveries of jobs in a lane without batches, because the live ones of the subscription wait behind them. */
    private static final int MOST_OWED = 256;

    private static final Duration SOON = Duration.ofMillis(20);
    private static final Duration LATER = Duration.ofMillis(500);
    /** A window that is not used records changes for nothing. */
    private static final Duration IDLE = Duration.ofSeconds(15);

    private static final Duration STORE_ANSWERS = Duration.ofSeconds(30);

    /** The source refuses the same statement this often before the backfill fails. */
    private static final int MOST_REFUSALS = 3;

    private final Supplier<Optional<ChunkStream>> streams;
    private final SourceReading source;
    private final SubscriptionCatalog catalog;
    private final OwedAgain owed;
    private final Jobs jobs;
    private final Store store;
    private final ExecutorService threads = Executors.newFixedThreadPool(
            THREADS, Thread.ofPlatform().name("nexus-backfill-", 0).daemon(true).factory());
    private final Map<UUID, Open> open = new ConcurrentHashMap<>();

    private static final class Open {
        final BackfillReading reading;
        volatile long usedNanos = System.nanoTime();
        volatile boolean isInUse;
        int refusals;

        Open(BackfillReading reading) {
            this.reading = reading;
        }
    }

    @Inject
    public BackfillSteps(
            ReplicationReader reader,
            SourceReading source,
            SubscriptionCatalog catalog,
            OwedAgain owed,
            Jobs jobs,
            Store store,
            Vertx vertx) {
        this(reader::chunks, source, catalog, owed, jobs, store);
        vertx.setPeriodic(IDLE.toMillis(), timer -> closeIdle());
    }

    BackfillSteps(
            Supplier<Optional<ChunkStream>> streams,
            SourceReading source,
            SubscriptionCatalog catalog,
            OwedAgain owed,
            Jobs jobs,
            Store store) {
        this.streams = streams;
        this.source = source;
        this.catalog = catalog;
        this.owed = owed;
        this.jobs = jobs;
        this.store = store;
    }

    @Override
    public String name() {
        return Backfills.KIND;
    }

    @Override
    public Role role() {
        return Role.CAPTURE;
    }

    /** Only the process that reads the stream can add rows to it. */
    @Override
    public boolean isReady() {
        return streams.get().isPresent();
    }

    @Override
    public Future<Turn> step(Job job, int most) {
        Optional<Subscription> subscription = catalog.current().withId(job.subscriptionId());
        if (subscription.isEmpty()) {
            close(job.id());
            return Future.succeededFuture(new Turn.Failed("the subscription was deleted"));
        }
        if (!subscription.get().isEnabled()) {
            return Future.succeededFuture(new Turn.Wait(LATER));
        }
        return owed.count(job.lane(), job.id()).compose(counts -> {
            boolean isFull = counts.ready() >= mostOwed(subscription.get()) || counts.owed() >= OwedAgain.MOST_COUNTED;
            return isFull ? Future.succeededFuture(new Turn.Wait(SOON)) : onThread(job, most);
        });
    }

    /** With batches, one of them is on its way while another fills. */
    static int mostOwed(Subscription subscription) {
        int batch =
                subscription.settings().content().batch().map(Batch::maxSize).orElse(1);
        return Math.max(MOST_OWED, 2 * batch);
    }

    private Future<Turn> onThread(Job job, int most) {
        Promise<Turn> turn = Promise.promise();
        try {
            threads.execute(() -> {
                try {
                    turn.complete(turn(job, most));
                } catch (Throwable e) { // the runner must hear of it in every case
                    close(job.id());
                    turn.fail(e);
                }
            });
        } catch (RejectedExecutionException e) {
            turn.fail(e);
        }
        return turn.future();
    }

    private Turn turn(Job job, int most) throws SQLException, InterruptedException {
        Optional<ChunkStream> stream = streams.get();
        if (stream.isEmpty()) {
            close(job.id());
            return new Turn.Wait(LATER);
        }
        Open one = opened(job, stream.get());
        one.isInUse = true;
        try {
            Turn turn = turn(one, job, most);
            one.refusals = 0;
            if (turn instanceof Turn.Finished || turn instanceof Turn.Outdated) {
                close(job.id());
            }
            return turn;
        } catch (CannotRead e) {
            close(job.id());
            return new Turn.Failed(String.valueOf(e.getMessage()));
        } catch (SQLException e) {
            return afterRefusal(one, job, e);
        } finally {
            one.usedNanos = System.nanoTime();
            one.isInUse = false;
        }
    }

    /** Names of tables and columns may change while they are read, so that a second try succeeds. */
    private Turn afterRefusal(Open one, Job job, SQLException refusal) throws SQLException {
        String state = SqlState.of(refusal);
        if (state.equals(SqlState.QUERY_CANCELED)) {
            try {
                one.reading.timedOut();
                return new Turn.Wait(SOON);
            } catch (CannotRead e) {
                close(job.id());
                return new Turn.Failed(String.valueOf(e.getMessage()));
            }
        } else if (state.equals(SqlState.LOCK_NOT_AVAILABLE)) {
            return new Turn.Wait(LATER);
        } else if (state.startsWith("42")) {
            if (++one.refusals >= MOST_REFUSALS) {
                close(job.id());
                return new Turn.Failed("the source refuses to read the table (SQLSTATE " + state + ")");
            }
            return new Turn.Wait(LATER);
        }
        throw refusal;
    }

    private Turn turn(Open one, Job job, int most) throws SQLException, CannotRead, InterruptedException {
        BackfillCursor cursor = BackfillCursor.of(job.cursor());
        Optional<Leaf> leaf;
        if (cursor.isRead()) {
            leaf = one.reading.next(cursor.relation());
            if (leaf.isEmpty()) {
                return atEnd(job, cursor);
            }
            cursor = new BackfillCursor(leaf.get().oid(), false, List.of(), List.of());
        } else {
            leaf = one.reading.at(cursor);
            if (leaf.isEmpty()) {
                return advanced(
                        job, new Progress(BackfillCursor.end(cursor.relation()).stored(), 0, 0));
            }
        }
        Optional<ReadChunk> read = one.reading.read(cursor, leaf.get(), most);
        return read.isEmpty() ? new Turn.Wait(SOON) : joined(one, job, cursor, read.get());
    }

    /** The count at the beginning may have been an estimate, and rows were added and deleted since. */
    private Turn atEnd(Job job, BackfillCursor cursor) {
        return job.total().filter(total -> total == job.done()).isPresent()
                ? new Turn.Finished()
                : advanced(job, new Progress(cursor.stored(), 0, 0, Optional.of(job.done())));
    }

    private Turn joined(Open one, Job job, BackfillCursor before, ReadChunk chunk)
            throws SQLException, InterruptedException {
        BackfillCursor after = chunk.isLast()
                ? BackfillCursor.end(before.relation())
                : new BackfillCursor(before.relation(), false, chunk.leaf().keyNames(), chunk.lastKey());
        int rows = chunk.rows().size();
        Progress progress = new Progress(after.stored(), rows, 0);
        if (rows == 0) {
            return advanced(job, progress);
        }
        AtomicReference<Job> advanced = new AtomicReference<>(job);
        Outcome outcome = one.reading.join(
                chunk, job.subscriptionId(), job.id(), transaction -> jobs.advance(transaction, job, progress)
                        .map(next -> {
                            next.ifPresent(advanced::set);
                            return next.isPresent();
                        }));
        return switch (outcome) {
            case STORED -> new Turn.Stepped(Objects.requireNonNull(advanced.get()), rows);
            case REFUSED -> new Turn.Outdated();
            case OUTDATED, OPENED -> new Turn.Wait(SOON);
            case ENDED -> new Turn.Wait(LATER);
        };
    }

    /** Stores progress without events, for which the order of the stream does not matter. */
    private Turn advanced(Job job, Progress progress) {
        try {
            return store.queue()
                    .withTransaction(transaction -> jobs.advance(transaction, job, progress))
                    .map(after ->
                            after.<Turn>map(next -> new Turn.Stepped(next, 0)).orElseGet(Turn.Outdated::new))
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(STORE_ANSWERS.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the progress of a backfill was not stored: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private Open opened(Job job, ChunkStream stream) throws SQLException {
        Open known = open.get(job.id());
        if (known != null && known.reading.isIn(stream)) {
            return known;
        }
        close(job.id());
        UUID subscription = job.subscriptionId();
        Open opening = new Open(new BackfillReading(
                stream, source.open(), BackfillSettings.of(job.settings()), change -> catalog.current()
                        .receives(subscription, change, new Undecided())));
        open.put(job.id(), opening);
        return opening;
    }

    private void close(UUID job) {
        Open closed = open.remove(job);
        if (closed != null) {
            try {
                closed.reading.close();
            } catch (SQLException e) {
                LOG.debugf("connection of a backfill not closed properly reason=%s", e.getMessage());
            }
        }
    }

    /** Closes those that were paused or cancelled, or that wait for long. */
    private void closeIdle() {
        open.forEach((job, one) -> {
            if (!one.isInUse && System.nanoTime() - one.usedNanos > IDLE.toNanos()) {
                threads.execute(() -> {
                    if (!one.isInUse) {
                        close(job);
                    }
                });
            }
        });
    }

    @PreDestroy
    void stop() {
        threads.shutdownNow();
        open.keySet().forEach(this::close);
    }
}
