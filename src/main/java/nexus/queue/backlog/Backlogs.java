package nexus.queue.backlog;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.function.Consumer;
import nexus.queue.lease.DeliveryLease;
import nexus.queue.lease.Holding;
import nexus.queue.lease.Term;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Takes the lease and gives the backlog of each of its terms to the one who delivers. Between two terms it waits until the
 * requests of the former one are over.
 */
@Singleton
public class Backlogs {
    private static final Logger LOG = Logger.getLogger(Backlogs.class);
    private static final Duration DRAIN_CHECK = Duration.ofMillis(20);

    private final BacklogTools tools;

    @Inject
    public Backlogs(BacklogTools tools) {
        this.tools = tools;
    }

    /**
     * Begins to ask for the lease.
     *
     * @param context the event loop of the one who delivers
     */
    public Terms start(Context context, BacklogBounds bounds, Deliverer deliverer) {
        Terms terms = new Terms(tools, context, bounds, deliverer);
        tools.signal().onOwed(rows -> terms.withCurrent(backlog -> backlog.owed(rows)));
        context.runOnContext(ignored -> {
            tools.listener()
                    .start(
                            rows -> terms.withCurrent(backlog -> backlog.owed(rows)),
                            () -> terms.withCurrent(StoredBacklog::missed));
            tools.lease().start(terms);
        });
        return terms;
    }

    /** The terms of this process, one after the other. */
    public static final class Terms implements DeliveryLease.Holder {
        private final BacklogTools tools;
        private final Context context;
        private final BacklogBounds bounds;
        private final Deliverer deliverer;
        // by the context's thread alone
        private @Nullable Holding holding; // the latest
        private @Nullable StoredBacklog current;
        private long deadlineTimer = -1;

        private Terms(BacklogTools tools, Context context, BacklogBounds bounds, Deliverer deliverer) {
            this.tools = tools;
            this.context = context;
            this.bounds = bounds;
            this.deliverer = deliverer;
        }

        /** Looks for what no signal told of. */
        public void poll() {
            withCurrent(StoredBacklog::poll);
        }

        /** Looks at everything that is owed. */
        public void sweep() {
            withCurrent(StoredBacklog::sweep);
        }

        /** Starts nothing new, waits for what is under way, and leaves; shards are free as soon as they are drained. */
        public Future<Void> stop(Duration atMost) {
            Promise<Void> drained = Promise.promise();
            long deadline = System.nanoTime() + atMost.toNanos();
            tools.lease().retire();
            context.runOnContext(ignored -> {
                StoredBacklog backlog = current;
                if (backlog == null) {
                    drained.complete();
                } else {
                    backlog.drain();
                    awaitDrained(backlog, deadline, drained);
                }
            });
            return drained.future().compose(done -> Future.join(
                            tools.lease().stop(), tools.listener().stop())
                    .mapEmpty());
        }

        private void awaitDrained(StoredBacklog backlog, long deadline, Promise<Void> drained) {
            if (backlog.isDrained() || System.nanoTime() - deadline > 0) {
                end(backlog); // what is under way may be sent by another process now
                drained.complete();
            } else {
                tools.vertx().setTimer(DRAIN_CHECK.toMillis(), again -> awaitDrained(backlog, deadline, drained));
            }
        }

        @Override
        public void holds(Holding latest) {
            deliverer
                    .refresh()
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
            if (current == null && deliverer.isBusy()) {
                tools.vertx().setTimer(DRAIN_CHECK.toMillis(), again -> follow());
                return;
            }
            if (current == null) {
                current = new StoredBacklog(parts(), latest.term(), tenancy(latest.term()), bounds, deliverer);
                deliverer.began(current);
                watchDeadline(latest.term());
            }
            current.hold(latest);
        }

        private StoredBacklog.Parts parts() {
            return new StoredBacklog.Parts(
                    tools.vertx(),
                    tools.queue(),
                    tools.runs(),
                    tools.settlement(),
                    tools.signal().live(),
                    tools.meters(),
                    tools.clock());
        }

        private Tenancy tenancy(Term term) {
            return new Tenancy() {
                @Override
                public boolean isHeld() {
                    return tools.lease().isHeld(term);
                }

                @Override
                public void drained(int shard) {
                    tools.lease().drained(term, shard);
                }

                @Override
                public void refused(int outcomes) {
                    tools.lease().refused(term, outcomes);
                }
            };
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

        private void end(StoredBacklog backlog) {
            current = null;
            backlog.close();
            deliverer.ended();
        }

        @Override
        public void lost(Term term) {
            withCurrent(running -> {
                if (running.isOf(term)) {
                    end(running);
                }
            });
        }

        @Override
        public void cameRound() {
            deliverer.leaseCameRound();
        }

        private void withCurrent(Consumer<StoredBacklog> action) {
            context.runOnContext(ignored -> {
                if (current != null) {
                    action.accept(current);
                }
            });
        }
    }
}
