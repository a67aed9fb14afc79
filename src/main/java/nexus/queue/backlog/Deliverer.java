package nexus.queue.backlog;

import io.vertx.core.Future;
import nexus.queue.settle.Outcome;

/** Delivers a backlog. Its methods are called on its own event loop unless stated otherwise. */
public interface Deliverer {
    /** Reads the existing lanes again, because new shards will follow. Called on any thread. */
    Future<?> refresh();

    /** Starts a term. */
    void began(Backlog backlog);

    /** The owned shards changed; must call {@link Backlog#serve}. */
    void shardsChanged();

    /** Ends the term: nothing may be sent any more, and in-flight requests are cancelled. */
    void ended();

    /** Whether a request of an ended term is still in flight. */
    boolean isBusy();

    /** Deliveries may be taken or read. Several calls cause one turn. */
    void turnSoon();

    /** The end of a dead delivery is stored. */
    void dead(Outcome.Dead outcome);

    /** Whether the lane is deleted in the store. */
    Future<Boolean> isDeleted(int lane);

    /** The lease's thread completed a round. Called on that thread. */
    void leaseCameRound();
}
