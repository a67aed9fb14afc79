package nexus.job;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import nexus.liveness.LoopHeartbeats;
import nexus.liveness.Rounds;
import nexus.process.ProcessConfig;
import org.jboss.logging.Logger;

/**
 * Runs the jobs whose leases this process holds, each with one step at a time. A process that is killed loses its leases
 * within {@link #LEASE}; the version of a job, and not the lease, makes a late step of a former runner fail.
 */
@Singleton
public class JobRunner {
    private static final Logger LOG = Logger.getLogger(JobRunner.class);
    private static final String LOOP = "jobs";
    private static final Duration PAUSE = Duration.ofSeconds(1);
    static final Duration LEASE = Duration.ofSeconds(5);
    private static final Duration SLOWEST_ROUND = Duration.ofMinutes(1);
    /** Most events of one step of a job without a rate of its own. */
    private static final int MOST_EVENTS = 256;

    private static final long AFTER_FAILURE_MILLIS = 1_000;

    private final Vertx vertx;
    private final Jobs jobs;
    private final Map<String, JobKind> kinds;
    private final Rounds rounds;
    private final UUID id = UUID.randomUUID();
    private final Map<UUID, Running> running = new ConcurrentHashMap<>();
    private volatile boolean stopped;

    /** A job in progress. Belongs to whatever continues its only step. */
    private static final class Running {
        final JobKind kind;
        final JobPace pace;
        volatile Job job;
        volatile boolean isLeased = true;
        volatile long leasedUntil;
        private Future<?> step = Future.succeededFuture();

        Running(JobKind kind, Job job, long nanoTime) {
            this.kind = kind;
            this.job = job;
            this.pace = new JobPace(job.rateLimit(), MOST_EVENTS, nanoTime);
        }

        synchronized void runs(Future<?> next) {
            step = next;
        }

        synchronized Future<?> step() {
            return step;
        }
    }

    @Inject
    public JobRunner(
            Vertx vertx, Jobs jobs, @Any Instance<JobKind> kinds, ProcessConfig process, LoopHeartbeats heartbeats) {
        this(
                vertx,
                jobs,
                kinds.stream()
                        .filter(kind -> process.roles().contains(kind.role()))
                        .toList(),
                heartbeats);
    }

    /** @param kinds those that this process runs */
    public JobRunner(Vertx vertx, Jobs jobs, List<? extends JobKind> kinds, LoopHeartbeats heartbeats) {
        this.vertx = vertx;
        this.jobs = jobs;
        this.kinds = kinds.stream().collect(Collectors.toMap(JobKind::name, kind -> kind));
        this.rounds = new Rounds(vertx, heartbeats, LOOP, PAUSE, SLOWEST_ROUND, this::round);
    }

    void onStart(@Observes @Priority(40) StartupEvent event) {
        start();
    }

    void onStop(@Observes ShutdownEvent event) {
        stop().toCompletionStage().toCompletableFuture().join();
    }

    /** Does nothing in a process that runs no kind of jobs. */
    public void start() {
        if (!kinds.isEmpty()) {
            rounds.start();
        }
    }

    /** @return completed when no step is in progress and the jobs are free for other processes; it never fails */
    public Future<?> stop() {
        stopped = true;
        if (kinds.isEmpty()) {
            return Future.succeededFuture();
        }
        return rounds.stop()
                .compose(done ->
                        Future.join(running.values().stream().map(Running::step).toList()))
                .otherwiseEmpty()
                .compose(done -> jobs.release(id))
                .otherwiseEmpty();
    }

    private Future<?> round() {
        long now = System.nanoTime();
        List<String> ready = kinds.values().stream()
                .filter(JobKind::isReady)
                .map(JobKind::name)
                .toList();
        return jobs.claim(id, ready, LEASE)
                .onSuccess(claimed -> adopt(claimed, now))
                .onFailure(failure -> LOG.warnf("jobs could not be claimed reason=%s", failure.getMessage()));
    }

    private void adopt(List<Job> claimed, long askedAt) {
        Set<UUID> mine = new HashSet<>();
        for (Job job : claimed) {
            mine.add(job.id());
            Running known = running.get(job.id());
            if (known == null) {
                begin(job, askedAt);
            } else {
                known.leasedUntil = askedAt + LEASE.toNanos();
            }
        }
        running.forEach((job, one) -> {
            if (!mine.contains(job)) {
                one.isLeased = false; // its step in progress ends it
            }
        });
    }

    private void begin(Job job, long askedAt) {
        JobKind kind = kinds.get(job.kind());
        if (kind == null || stopped) {
            return;
        }
        Running one = new Running(kind, job, System.nanoTime());
        one.leasedUntil = askedAt + LEASE.toNanos();
        running.put(job.id(), one);
        LOG.infof("job begins or continues here id=%s kind=%s", job.id(), job.kind());
        turn(one);
    }

    private boolean isMine(Running one) {
        return !stopped && one.isLeased && one.leasedUntil - System.nanoTime() > 0;
    }

    private void turn(Running one) {
        if (!isMine(one)) {
            running.remove(one.job.id(), one);
            return;
        }
        int most = one.pace.available(System.nanoTime());
        if (most < 1) {
            later(one, one.pace.waitMillis(System.nanoTime()));
            return;
        }
        one.runs(Future.<Void>succeededFuture()
                .compose(begun -> one.kind.step(one.job, most))
                .compose(turn -> applied(one, turn))
                .onFailure(failure -> LOG.warnf(
                        "step of a job failed and is repeated id=%s kind=%s reason=%s",
                        one.job.id(), one.job.kind(), failure.getMessage()))
                .otherwise(Optional.of(AFTER_FAILURE_MILLIS))
                .onSuccess(wait -> next(one, wait)));
    }

    private void next(Running one, Optional<Long> waitMillis) {
        waitMillis.ifPresentOrElse(wait -> later(one, wait), () -> running.remove(one.job.id(), one));
    }

    /** @return the time until the next step; empty: there is none */
    private Future<Optional<Long>> applied(Running one, Turn turn) {
        return switch (turn) {
            case Turn.Stepped stepped -> {
                one.job = stepped.job();
                one.pace.take(stepped.events());
                yield Future.succeededFuture(Optional.of(0L));
            }
            case Turn.Wait wait ->
                Future.succeededFuture(Optional.of(wait.time().toMillis()));
            case Turn.Outdated outdated -> Future.succeededFuture(Optional.empty());
            case Turn.Finished finished -> ended(one, JobState.DONE, Optional.empty());
            case Turn.Failed failed -> ended(one, JobState.FAILED, Optional.of(failed.reason()));
        };
    }

    private Future<Optional<Long>> ended(Running one, JobState state, Optional<String> reason) {
        return jobs.end(one.job, state, reason).map(ended -> {
            if (ended) {
                LOG.infof("job has ended id=%s kind=%s state=%s", one.job.id(), one.job.kind(), state.word());
            }
            return Optional.empty();
        });
    }

    private void later(Running one, long millis) {
        if (millis == 0) {
            vertx.runOnContext(ignored -> turn(one));
        } else {
            vertx.setTimer(millis, ignored -> turn(one));
        }
    }
}
