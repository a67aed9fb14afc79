package nexus.dispatch;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import nexus.liveness.LoopHeartbeats;
import nexus.process.ProcessConfig;
import nexus.process.Role;
import nexus.queue.lease.DeliveryLease;
import nexus.queue.lease.Holding;
import nexus.queue.lease.Term;
import nexus.queue.notify.OwedListener;
import nexus.queue.notify.OwedSignal;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The way out. Owns the event loop on which delivering happens, and the term that it is delivered in, while this process
 * has a lease.
 */
@Singleton
public class Dispatcher implements DeliveryLease.Holder {
    private static final Logger LOG = Logger.getLogger(Dispatcher.class);
    private static final String LOOP = "dispatch";
    private static final String LEASE_LOOP = "nexus-lease";
    private static final Duration DRAIN_CHECK = Duration.ofMillis(20);

    private final DispatchTools tools;
    private final OwedSignal signal;
    private final OwedListener listener;
    private final LoopHeartbeats heartbeats;
    private final Context context;
    // by the context's thread alone
    private @Nullable Holding holding; // the latest
    private @Nullable DispatchTerm current;
    private @Nullable DispatchTerm former; // its requests may not be over
    private long deadlineTimer = -1;
    private volatile boolean started;

    public Dispatcher(DispatchTools tools, OwedSignal signal, OwedListener listener, LoopHeartbeats heartbeats) {
        this.tools = tools;
        this.signal = signal;
        this.listener = listener;
        this.heartbeats = heartbeats;
        this.context = tools.sender().context();
    }

    void onStart(@Observes @Priority(30) StartupEvent event, ProcessConfig process) {
        if (process.roles().contains(Role.DELIVER)) {
            start();
        }
    }

    void onStop(@Observes ShutdownEvent event, ProcessConfig process) throws InterruptedException {
        if (!started) {
            return;
        }
        try {
            stop(process.shutdownTimeout())
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(process.shutdownTimeout().toMillis() + 1000, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.warnf("delivery did not stop cleanly, what was under way is sent again reason=%s", e.getMessage());
        }
    }

    /** Begins to ask for the lease, and to deliver once it is there. */
    public void start() {
        started = true;
        signal.onOwed(rows -> withTerm(term -> term.owed(rows)));
        // What is current by then: two changes may come in any order.
        tools.catalog()
                .onChange(changed -> withTerm(term -> term.adopt(tools.catalog().current())));
        context.runOnContext(ignored -> {
            tools.vertx().setPeriodic(tools.config().poll().toMillis(), tick -> {
                heartbeats.beat(LOOP);
                withTerm(DispatchTerm::poll);
            });
            tools.vertx().setPeriodic(tools.config().sweep().toMillis(), tick -> withTerm(DispatchTerm::sweep));
            listener.start(rows -> withTerm(term -> term.owed(rows)), () -> withTerm(DispatchTerm::missed));
            tools.lease().start(this);
        });
    }

    /** Starts nothing new, waits for what is under way, and leaves; shards are free as soon as they are drained. */
    public Future<Void> stop(Duration atMost) {
        Promise<Void> drained = Promise.promise();
        long deadline = System.nanoTime() + atMost.toNanos();
        tools.lease().retire();
        context.runOnContext(ignored -> {
            DispatchTerm term = current;
            if (term == null) {
                drained.complete();
            } else {
                term.drain();
                awaitDrained(term, deadline, drained);
            }
        });
        return drained.future()
                .compose(done ->
                        Future.join(tools.lease().stop(), listener.stop()).<Void>mapEmpty())
                .onComplete(stopped -> {
                    heartbeats.stopped(LOOP);
                    heartbeats.stopped(LEASE_LOOP);
                });
    }

    private void awaitDrained(DispatchTerm term, long deadline, Promise<Void> drained) {
        if (term.isDrained() || System.nanoTime() - deadline > 0) {
            end(term); // what is under way may be sent by another process now
            drained.complete();
        } else {
            tools.vertx().setTimer(DRAIN_CHECK.toMillis(), again -> awaitDrained(term, deadline, drained));
        }
    }

    /** Holds of endpoints do not raise the catalog's version: new shards read them anew. */
    @Override
    public void holds(Holding latest) {
        tools.catalog()
                .reload()
                .onComplete(read -> context.runOnContext(ignored -> {
                    holding = latest;
                    follow();
                }));
    }

    /** Not before the requests of a former term are over: the new one would send the same again beside them. */
    private void follow() {
        Holding latest = holding;
        if (latest == null || !tools.lease().isHeld(latest.term())) {
            return;
        }
        if (current != null && !current.isOf(latest.term())) {
            end(current);
        }
        if (current == null && former != null && former.openRequests() > 0) {
            tools.vertx().setTimer(DRAIN_CHECK.toMillis(), again -> follow());
            return;
        }
        if (current == null) {
            current = new DispatchTerm(tools, latest.term(), signal.live());
            watchDeadline(latest.term());
        }
        current.hold(latest);
    }

    /** The lease's thread may be waiting for the store: the loop that sends ends its sending itself. */
    private void watchDeadline(Term term) {
        tools.vertx().cancelTimer(deadlineTimer);
        deadlineTimer = tools.vertx().setTimer(tools.lease().remaining().toMillis() + 1, over -> {
            if (tools.lease().isHeld(term)) {
                watchDeadline(term);
            } else if (current != null && current.isOf(term)) {
                LOG.warn("lease not confirmed in time, requests under way are cut off");
                end(current);
            }
        });
    }

    private void end(DispatchTerm term) {
        term.close();
        tools.sender().cutOff();
        former = term;
        current = null;
    }

    @Override
    public void lost(Term term) {
        withTerm(running -> {
            if (running.isOf(term)) {
                end(running);
            }
        });
    }

    @Override
    public void cameRound() {
        heartbeats.beat(LEASE_LOOP);
    }

    private void withTerm(Consumer<DispatchTerm> action) {
        context.runOnContext(ignored -> {
            if (current != null) {
                action.accept(current);
            }
        });
    }
}
