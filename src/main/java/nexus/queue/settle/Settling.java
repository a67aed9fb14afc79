package nexus.queue.settle;

import io.vertx.core.Future;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import nexus.queue.lease.Term;

/** Writes outcomes down. */
public interface Settling {
    /**
     * Settles outcomes of different deliveries. What a person has retried or cancelled since it was taken is left as it
     * is, unless it was delivered. Belongs to the event loop of the packed rows that these deliveries are of.
     *
     * @return the seqs that were written; empty when this term is over, and nothing was written
     */
    Future<Optional<Set<Long>>> settle(Term term, List<Outcome> outcomes);

    /** Whether these are so few that what is left of their packed row would go on as rows. */
    boolean isBetterLater(Collection<Outcome> outcomes);
}
