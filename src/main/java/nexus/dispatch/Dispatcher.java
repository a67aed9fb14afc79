package nexus.dispatch;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Context;
import io.vertx.core.Future;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import nexus.dispatch.outcome.DeliveryConfig;
import nexus.liveness.LoopHeartbeats;
import nexus.process.ProcessConfig;
import nexus.process.Role;
import nexus.queue.backlog.Backlog;
import nexus.queue.backlog.BacklogBounds;
import nexus.queue.backlog.Backlogs;
import nexus.queue.backlog.Deliverer;
import nexus.queue.settle.Outcome;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Delivers the backlog of each term on one event loop, while this process has a lease.
 */
@Singleton
public class Dispatcher implements Deliverer {
    private static final Logger LOG = Logger.getLogger(Dispatcher.class);
    private static final String LOOP = "dispatch";
    private static final String LEASE_LOOP = "nexus-lease";

    private final DispatchTools tools;
    private final Backlogs backlogs;
    private final LoopHeartbeats heartbeats;
    private final Context context;
    // used by the context's thread only
    private @Nullable DispatchLoop current;
    private @Nullable DispatchLoop former; // it may still have in-flight requests
    private volatile Backlogs.@Nullable Terms terms;

    @Inject
    public Dispatcher(DispatchTools tools, Backlogs backlogs, LoopHeartbeats heartbeats) {
        this.tools = tools;
        this.backlogs = backlogs;
        this.heartbeats = heartbeats;
        this.context = tools.loop().context();
    }

    void onStart(@Observes @Priority(30) StartupEvent event, ProcessConfig process) {
        if (process.roles().contains(Role.DELIVER)) {
            start();
        }
    }

    void onStop(@Observes ShutdownEvent event, ProcessConfig process) throws InterruptedException {
        if (terms == null) {
            return;
        }
        try {
            stop(process.shutdownTimeout())
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(process.shutdownTimeout().toMillis() + 1000, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.warnf("delivery did not stop in time, in-flight requests are repeated reason=%s", e.getMessage());
        }
    }

    /** Requests the lease, and delivers while it is held. */
    public void start() {
        DeliveryConfig config = tools.config();
        BacklogBounds bounds =
                new BacklogBounds(config.readAhead(), config.bodyMemory(), config.unsettled(), config.sweep());
        Backlogs.Terms started = backlogs.start(context, bounds, this);
        terms = started;
        tools.catalog().onChange(lanes -> context.runOnContext(ignored -> subscriptionsChanged(lanes)));
        context.runOnContext(ignored -> {
            tools.vertx().setPeriodic(config.poll().toMillis(), tick -> {
                heartbeats.beat(LOOP);
                started.poll();
            });
            tools.vertx().setPeriodic(config.sweep().toMillis(), tick -> started.sweep());
        });
    }

    /** Starts no new requests, waits for those in flight, and leaves. Shards become free as soon as they are drained. */
    public Future<Void> stop(Duration atMost) {
        Backlogs.Terms started = terms;
        if (started == null) {
            return Future.succeededFuture();
        }
        return started.stop(atMost).onComplete(stopped -> {
            heartbeats.stopped(LOOP);
            heartbeats.stopped(LEASE_LOOP);
        });
    }

    /** Holds of endpoints do not change the version of the catalog, so they are read again for new shards. */
    @Override
    public Future<?> refresh() {
        return tools.catalog().reloadWithStates();
    }

    @Override
    public void began(Backlog backlog) {
        current = new DispatchLoop(tools, context, backlog);
    }

    /** Reads the current catalog, because two changes may arrive in any order. */
    @Override
    public void shardsChanged() {
        DispatchLoop loop = current;
        if (loop != null) {
            loop.adopt();
        }
    }

    private void subscriptionsChanged(Optional<Set<Integer>> lanes) {
        DispatchLoop loop = current;
        if (loop != null) {
            lanes.ifPresentOrElse(loop::adopt, loop::adopt);
        }
    }

    @Override
    public void ended() {
        DispatchLoop loop = current;
        if (loop != null) {
            loop.stop();
            tools.sender().cutOff();
            former = loop;
            current = null;
        }
    }

    @Override
    public boolean isBusy() {
        return former != null && former.openRequests() > 0;
    }

    @Override
    public void turnSoon() {
        DispatchLoop loop = current;
        if (loop != null) {
            loop.turnSoon();
        }
    }

    @Override
    public void dead(Outcome.Dead outcome) {
        DispatchLoop loop = current;
        if (loop != null) {
            loop.dead(outcome);
        }
    }

    /** Another process may have created it, so only the store knows whether it is deleted. */
    @Override
    public Future<Boolean> isDeleted(int lane) {
        return tools.catalog().reload().map(read -> read.ofLane(lane).isEmpty());
    }

    @Override
    public void leaseCameRound() {
        heartbeats.beat(LEASE_LOOP);
    }
}
