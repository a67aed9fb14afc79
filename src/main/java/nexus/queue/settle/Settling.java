package nexus.queue.settle;

import io.vertx.core.Future;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import nexus.queue.lease.Term;

/** Stores outcomes. */
public interface Settling {
    /**
     * Settles outcomes of different deliveries. A delivery that was retried or cancelled by hand since it was taken does not
     * change, unless it was delivered. Must be called on the event loop of the packed rows of these deliveries.
     *
     * @return the stored seqs; empty when this term is over and nothing was stored
     */
    Future<Optional<Set<Long>>> settle(Term term, List<Outcome> outcomes);

    /** Whether these are so few that the rest of their packed row would become separate rows. */
    boolean isBetterLater(Collection<Outcome> outcomes);
}
