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
 * Takes the lease and passes the backlog of each term to the deliverer. Between two terms it waits until the requests of the
 * first one are over.
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
     * Requests the lease.
     *
     * @param context the event loop of the deliverer
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

    /** The consecutive terms of this process. */
    public static final class Terms implements DeliveryLease.Holder {
        private final BacklogTools tools;
        private final Context context;
        private final BacklogBounds bounds;
        private final Deliverer deliverer;
        // used by the context's thread only
        private @Nullable Holding holding; // the latest
        private @Nullable StoredBacklog current;
        private long deadlineTimer = -1;

        private Terms(BacklogTools tools, Context context, BacklogBounds bounds, Deliverer deliverer) {
            this.tools = tools;
            this.context = context;
            this.bounds = bounds;
            this.deliverer = deliverer;
        }

        /** Reads deliveries whose signal was missed. */
        public void poll() {
            withCurrent(StoredBacklog::poll);
        }

        /** Reads all owed deliveries. */
        public void sweep() {
            withCurrent(StoredBacklog::sweep);
        }

        /** Starts no new deliveries, waits for those in progress, and leaves. Shards become free as soon as they are drained. */
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
                end(backlog); // another process may send the in-flight deliveries now
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

        /** Starts a term only after the requests of the last one, because it would send the same deliveries concurrently. */
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
                    tools.unpacker(),
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

        /** The event loop ends sending itself, because the lease's thread may be waiting for the store. */
        private void watchDeadline(Term term) {
            tools.vertx().cancelTimer(deadlineTimer);
            deadlineTimer = tools.vertx().setTimer(tools.lease().remaining().toMillis() + 1, over -> {
                if (tools.lease().isHeld(term)) {
                    watchDeadline(term);
                } else if (current != null && current.isOf(term)) {
                    LOG.warn("lease not confirmed in time, in-flight requests are cancelled");
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
