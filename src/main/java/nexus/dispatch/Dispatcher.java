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
import nexus.ProcessConfig;
import nexus.Role;
import nexus.liveness.LoopHeartbeats;
import nexus.queue.DeliveryLease;
import nexus.queue.OwedSignal;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The way out. Owns the event loop on which delivering happens, and the term that it is delivered in, if this process
 * has the lease.
 */
@Singleton
public class Dispatcher implements DeliveryLease.Holder {
    private static final Logger LOG = Logger.getLogger(Dispatcher.class);
    private static final String LOOP = "dispatch";
    private static final Duration DRAIN_CHECK = Duration.ofMillis(20);

    private final DispatchTools tools;
    private final OwedSignal signal;
    private final LoopHeartbeats heartbeats;
    private final Context context;
    private @Nullable DispatchTerm current; // by the context's thread alone
    private @Nullable DispatchTerm former; // by the context's thread alone; its requests may not be over
    private volatile boolean started;

    public Dispatcher(DispatchTools tools, OwedSignal signal, LoopHeartbeats heartbeats) {
        this.tools = tools;
        this.signal = signal;
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
            tools.lease().start(this);
        });
    }

    /** Starts nothing new, waits for what is under way, and gives the lease back. */
    public Future<Void> stop(Duration atMost) {
        Promise<Void> drained = Promise.promise();
        long deadline = System.nanoTime() + atMost.toNanos();
        context.runOnContext(ignored -> {
            DispatchTerm term = current;
            if (term == null) {
                drained.complete();
            } else {
                term.drain();
                awaitDrained(term, deadline, drained);
            }
        });
        return drained.future().compose(done -> tools.lease().stop()).onComplete(stopped -> heartbeats.stopped(LOOP));
    }

    private void awaitDrained(DispatchTerm term, long deadline, Promise<Void> drained) {
        if (term.underWay() == 0 || System.nanoTime() - deadline > 0) {
            drained.complete();
        } else {
            tools.vertx().setTimer(DRAIN_CHECK.toMillis(), again -> awaitDrained(term, deadline, drained));
        }
    }

    /** Holds of endpoints do not raise the catalog's version: a new term reads them anew. */
    @Override
    public void gained(DeliveryLease.Term term) {
        tools.catalog().reload().onComplete(read -> context.runOnContext(ignored -> begin(term)));
    }

    /** Not before the requests of a former term are over: the new one would send the same again beside them. */
    private void begin(DeliveryLease.Term term) {
        if (current != null) {
            end(current);
        }
        if (former != null && former.openRequests() > 0) {
            tools.vertx().setTimer(DRAIN_CHECK.toMillis(), again -> begin(term));
        } else if (tools.lease().isHeld(term)) {
            current = new DispatchTerm(tools, term);
            current.start();
        }
    }

    private void end(DispatchTerm term) {
        term.close();
        former = term;
        current = null;
    }

    @Override
    public void lost() {
        withTerm(this::end);
    }

    private void withTerm(Consumer<DispatchTerm> action) {
        context.runOnContext(ignored -> {
            if (current != null) {
                action.accept(current);
            }
        });
    }
}
