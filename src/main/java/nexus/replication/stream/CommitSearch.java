package nexus.replication.stream;

import java.sql.SQLException;
import java.util.Optional;
import nexus.pgoutput.Lsn;

/**
 * Finds the commit of a transaction that the source cannot send and has not announced. A stream that starts behind the commit
 * passes the transaction, and one that starts before it fails; so the commit is found by trying.
 */
public final class CommitSearch {
    private static final long FIRST_STEP = 64;
    private static final int FACTOR = 4;

    /** Whether a stream that starts at a position passes the transaction. */
    @FunctionalInterface
    public interface Trial {
        boolean passes(Lsn from) throws SQLException;
    }

    private CommitSearch() {}

    /**
     * The commit of the transaction.
     *
     * @param before a position from which the stream fails
     * @param end a position behind the commit
     * @return empty if a stream from there fails too, because of another transaction
     */
    public static Optional<Lsn> commit(Lsn before, Lsn end, Trial trial) throws SQLException {
        long failing = before.value();
        long passing = failing;
        for (long step = FIRST_STEP; passing == failing; step *= FACTOR) {
            long next = Math.min(failing + step, end.value() + 1);
            if (next <= failing) {
                return Optional.empty();
            } else if (trial.passes(new Lsn(next))) {
                passing = next;
            } else {
                failing = next;
                passing = next;
            }
        }
        while (passing - failing > 1) {
            long middle = failing + (passing - failing) / 2;
            if (trial.passes(new Lsn(middle))) {
                passing = middle;
            } else {
                failing = middle;
            }
        }
        return Optional.of(new Lsn(failing));
    }
}
