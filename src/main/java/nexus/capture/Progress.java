package nexus.capture;

import java.util.List;
import nexus.event.IncomingEvent;
import nexus.pgoutput.Lsn;

/** Where one more message has brought the reader. */
public sealed interface Progress {

    /** Nothing to store and no position to move: a message outside of a transaction, or one that is stored already. */
    record Unmoved() implements Progress {}

    /**
     * A transaction began.
     *
     * @param restIsLost the stream has gone past the transaction that is stored in part: the rest of it will not come,
     *     which is a gap
     */
    record Begun(Lsn commitLsn, boolean restIsLost) implements Progress {}

    /**
     * Inside a transaction.
     *
     * @param ordinal of the last message counted, from 1; 0 before the first
     * @param events of this message, in order; often none
     * @param bytes of memory that the events take until they are stored, about
     */
    record Within(Lsn commitLsn, long ordinal, List<IncomingEvent> events, long bytes) implements Progress {}

    /** The transaction is complete. Once its events are stored, {@code endLsn} may be confirmed. */
    record Complete(Lsn commitLsn, Lsn endLsn) implements Progress {}
}
