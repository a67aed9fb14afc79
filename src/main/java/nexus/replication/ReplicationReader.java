package nexus.replication;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Future;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import nexus.intake.CheckpointLostException;
import nexus.liveness.LoopHeartbeats;
import nexus.pgoutput.Lsn;
import nexus.process.ProcessConfig;
import nexus.process.Role;
import nexus.replication.catalog.CatalogKeeper;
import nexus.replication.position.UnreadableTransaction;
import nexus.replication.publisher.TablePublisher;
import nexus.replication.slot.SlotGuardian;
import nexus.replication.source.SourceConfig;
import nexus.replication.source.SourceWorker;
import nexus.replication.state.CannotCapture;
import nexus.replication.state.CaptureReport;
import nexus.replication.state.CaptureState.Status;
import nexus.replication.state.StoreReply;
import nexus.replication.state.StoreUnavailableException;
import nexus.replication.stream.ChunkStream;
import nexus.replication.stream.LagSampler;
import nexus.replication.stream.ReplicationSession;
import nexus.replication.stream.UnannouncedTransaction;
import nexus.replication.trouble.SourceTroubles;
import nexus.retry.Doubling;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Owns the thread {@code nexus-replication}, which captures as long as the process runs: it waits until it may capture,
 * reads, and starts again after a failure. It can be stopped at any time, because the source sends unconfirmed changes
 * again.
 */
@Singleton
public class ReplicationReader {
    private static final Logger LOG = Logger.getLogger(ReplicationReader.class);
    private static final String LOOP = "nexus-replication";
    private static final String SOURCE_LOOP = "nexus-source";
    /** A round may wait for a source and a store that both hang, one after the other. */
    private static final Duration SLOWEST_ROUND = Duration.ofMinutes(3);

    private static final Duration SOURCE_BEAT = Duration.ofSeconds(5);
    private static final Duration LAST_SAVE = Duration.ofSeconds(2);
    private static final Duration LOG_REFUSALS_EVERY = Duration.ofSeconds(20);
    /**
     * The retry notices within two of the longest that the source is available again, since the ordinary connection also
     * has to reconnect.
     */
    private static final Doubling RETRIES = new Doubling(Duration.ofMillis(500), Duration.ofMillis(1500));

    private static final Duration STANDBY_RETRY = Duration.ofSeconds(2);

    /** For this time after the start, the reader of the slot may be the session of a killed process. */
    private static final Duration KILLED_ONE_STAYS = Duration.ofSeconds(10);

    private static final Duration FIRST_STANDBY_RETRY = Duration.ofMillis(200);

    private final ProcessConfig process;
    private final SourceConfig config;
    private final CaptureStart captureStart;
    private final SourceWorker worker;
    private final TablePublisher publisher;
    private final LagSampler lag;
    private final SlotGuardian guardian;
    private final CatalogKeeper catalogKeeper;
    private final CaptureReport report;
    private final LoopHeartbeats heartbeats;
    private final RandomGenerator random;
    private @Nullable Thread thread;
    private volatile boolean isStopping;
    private volatile boolean isRetryRequested;
    private volatile @Nullable ReplicationSession session;
    private int failures; // used only by the thread, like the next fields
    private long startedNanos;
    private @Nullable Lsn unreadable; // the transaction or the change that the source failed to send

    @Inject
    public ReplicationReader(
            ProcessConfig process,
            SourceConfig config,
            CaptureStart captureStart,
            SourceWorker worker,
            TablePublisher publisher,
            LagSampler lag,
            SlotGuardian guardian,
            CatalogKeeper catalogKeeper,
            CaptureReport report,
            LoopHeartbeats heartbeats,
            RandomGenerator random) {
        this.process = process;
        this.config = config;
        this.captureStart = captureStart;
        this.worker = worker;
        this.publisher = publisher;
        this.lag = lag;
        this.guardian = guardian;
        this.catalogKeeper = catalogKeeper;
        this.report = report;
        this.heartbeats = heartbeats;
        this.random = random;
    }

    void onStart(@Observes @Priority(40) StartupEvent event) {
        if (process.roles().contains(Role.CAPTURE)) {
            start();
        }
    }

    void onStop(@Observes @Priority(10) ShutdownEvent event) {
        stop();
    }

    synchronized void start() {
        if (thread == null) {
            report.setStatus(Status.CONNECTING, Optional.empty());
            worker.repeat(config.guardInterval(), this::guard);
            worker.repeat(LagSampler.EVERY, () -> whileCapturing(capturing -> lag.sample(worker, capturing)));
            worker.repeat(config.slotLookInterval(), this::checkSlot);
            worker.repeat(SOURCE_BEAT, this::beatSourceLoop);
            worker.repeat(LOG_REFUSALS_EVERY, captureStart::logRefusals);
            worker.repeat(SourceTroubles.SAVE_EVERY, () -> {
                Future<Void> unused = captureStart.saveTroubles();
            });
            thread = Thread.ofPlatform().name(LOOP).start(this::run);
        }
    }

    /** Waits until the current batch is stored and confirmed; cuts the stream if that takes too long. */
    synchronized void stop() {
        isStopping = true;
        Thread running = thread;
        if (running == null) {
            return;
        }
        LockSupport.unpark(running);
        try {
            if (!running.join(process.shutdownTimeout())) {
                LOG.warnf(
                        "capture did not stop in time, its batch will be read again after=%s",
                        process.shutdownTimeout());
                whileCapturing(ReplicationSession::abort);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        thread = null;
        saveTroubles();
        report.setStatus(Status.OFF, Optional.empty());
    }

    private void saveTroubles() {
        try {
            StoreReply.await(captureStart.saveTroubles().timeout(LAST_SAVE.toMillis(), TimeUnit.MILLISECONDS));
        } catch (StoreUnavailableException e) {
            LOG.debugf("counts not saved reason=%s", e.getMessage());
        }
    }

    /**
     * Runs also before the slot is created and while capture fails, because until then the updates of a table without
     * identity fail.
     */
    private void guard() {
        if (report.status() != Status.STANDBY) {
            publisher.guard();
            whileCapturing(capturing -> catalogKeeper.refresh(worker)); // runs after the publisher, to see added tables
        }
    }

    /**
     * Checks the slot also while capture fails, when it retains the most WAL. A standby process leaves this to the
     * capturing one.
     */
    private void checkSlot() {
        if (report.status() != Status.STANDBY) {
            guardian.check(worker, () -> whileCapturing(ReplicationSession::abort));
        }
    }

    /**
     * Ends the wait after a failure early, because a change may have removed its cause. May be called on any thread.
     */
    void retryNow() {
        isRetryRequested = true;
        LockSupport.unpark(thread);
    }

    /** The place where chunks of backfills join the stream; empty while this process does not capture. */
    public Optional<ChunkStream> chunks() {
        ReplicationSession capturing = session;
        return capturing == null ? Optional.empty() : Optional.of(capturing.chunks());
    }

    private void whileCapturing(Consumer<ReplicationSession> task) {
        ReplicationSession capturing = session;
        if (capturing != null) {
            task.accept(capturing);
        }
    }

    private void run() {
        startedNanos = System.nanoTime();
        while (!isStopping) {
            heartbeats.beat(LOOP, SLOWEST_ROUND);
            try {
                captureUntilStopped();
            } catch (CannotCapture e) {
                backOff(e);
            } catch (CheckpointLostException e) {
                report.setStatus(Status.STANDBY, Optional.of("another process has taken capture over"));
                backOff(STANDBY_RETRY);
            } catch (UnreadableTransaction e) {
                bypass(e);
            } catch (UnannouncedTransaction e) {
                findAndBypass(e);
            } catch (SQLException e) {
                captureStart.explain(e).ifPresentOrElse(this::backOff, () -> backOffAfter(e));
            } catch (RuntimeException | Error e) {
                // for example a row that does not fit into memory, which must not end the thread silently
                backOffAfter(e);
            }
        }
        heartbeats.stopped(LOOP);
        heartbeats.stopped(SOURCE_LOOP);
    }

    /** Reports a heartbeat of the source's thread between two of its tasks. */
    private void beatSourceLoop() {
        if (!isStopping) {
            heartbeats.beat(SOURCE_LOOP, SLOWEST_ROUND);
        }
    }

    private void captureUntilStopped() throws SQLException {
        ReplicationSession opened = captureStart.open(this::isStoppingAfterBeat);
        try {
            session = opened;
            if (failures == 0) {
                // after a failure, the status is set once the session is proven, since the same change may fail again
                report.setStatus(Status.STREAMING, Optional.empty());
            }
            opened.readUntil(this::isStoppingAfterBeat);
            opened.finish(process.shutdownTimeout().dividedBy(2));
        } finally {
            session = null;
            opened.chunks().end();
            failures = opened.isProven() ? 0 : failures;
            opened.abort();
        }
    }

    /** Reports a heartbeat; called in every round of every loop of the thread. */
    private boolean isStoppingAfterBeat() {
        heartbeats.beat(LOOP, SLOWEST_ROUND);
        return isStopping;
    }

    /**
     * Retries the transaction once. After a second failure, the next start avoids it, so that the changes after it
     * arrive.
     */
    private void bypass(UnreadableTransaction failed) {
        if (failed.commitLsn().equals(unreadable)) {
            captureStart.bypass(failed);
            unreadable = null;
        } else {
            unreadable = failed.commitLsn();
        }
        backOffAfter(failed);
    }

    /** As {@link #bypass}, for a transaction whose commit must be found first. */
    private void findAndBypass(UnannouncedTransaction failed) {
        if (failed.change().equals(unreadable)) {
            unreadable = null;
            try {
                captureStart.find(failed, this::isStoppingAfterBeat).ifPresent(captureStart::bypass);
            } catch (SQLException | RuntimeException e) {
                backOffAfter(e);
                return;
            }
        } else {
            unreadable = failed.change();
        }
        backOffAfter(failed);
    }

    private void backOff(CannotCapture why) {
        report.setStatus(why.status(), Optional.of(why.detail()));
        boolean soon = why.status() == Status.STANDBY && System.nanoTime() - startedNanos < KILLED_ONE_STAYS.toNanos();
        backOff(soon ? FIRST_STANDBY_RETRY : why.retryIn());
    }

    private void backOffAfter(Throwable failure) {
        if (isStopping) {
            return;
        }
        String reason = failure.getMessage() == null ? failure.toString() : failure.getMessage();
        LOG.warnf("capture interrupted failures=%d reason=%s", failures + 1, reason);
        report.setStatus(Status.CONNECTING, Optional.of(reason));
        failures++;
        long longest = RETRIES.nth(failures).toMillis();
        backOff(Duration.ofMillis(longest / 2 + random.nextLong(longest / 2 + 1)));
    }

    /** Waits, but ends early when the process stops or after {@link #retryNow}. */
    private void backOff(Duration duration) {
        long until = System.nanoTime() + duration.toNanos();
        while (!isStopping && !isRetryRequested && System.nanoTime() < until) {
            LockSupport.parkNanos(until - System.nanoTime());
        }
        isRetryRequested = false;
    }
}
