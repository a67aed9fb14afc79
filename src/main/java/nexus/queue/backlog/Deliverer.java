package nexus.queue.backlog;

import io.vertx.core.Future;
import nexus.queue.settle.Outcome;

/** Who delivers what is owed. Told on its own event loop. */
public interface Deliverer {
    /** Learns anew which lanes there are: new shards are about to come. On any thread. */
    Future<?> refresh();

    /** A term begins. */
    void began(Backlog backlog);

    /** Other shards than before are owned: {@link Backlog#serve} is to be called. */
    void shardsChanged();

    /** The term is over: nothing may be sent any more, and what is under way is cut off. */
    void ended();

    /** Whether a request of a term that is over has no answer yet. */
    boolean isBusy();

    /** Something may be taken, or read. Many calls are one turn. */
    void turnSoon();

    /** A delivery was given up, and that is written down. */
    void dead(Outcome.Dead outcome);

    /** Whether the store says that there is no such lane any more. */
    Future<Boolean> isDeleted(int lane);

    /** The lease's thread has come round. On that thread. */
    void leaseCameRound();
}
