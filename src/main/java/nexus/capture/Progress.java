package nexus.capture;

import java.util.List;
import nexus.capture.window.Chunk;
import nexus.event.IncomingEvent;
import nexus.pgoutput.Lsn;

/** The effect of one more message on the reader. */
public sealed interface Progress {

    /** There is nothing to store and the position does not move: the message is outside a transaction, or already stored. */
    record Unmoved() implements Progress {}

    /**
     * A transaction began.
     *
     * @param restIsLost the stream has passed the partly stored transaction; its rest will not arrive, which is a
     *     gap
     */
    record Begun(Lsn commitLsn, boolean restIsLost) implements Progress {}

    /**
     * Inside a transaction.
     *
     * @param ordinal of the last message counted, from 1; 0 before the first
     * @param events of this message, in order; often none
     * @param bytes approximate memory of the events until they are stored
     */
    record Within(Lsn commitLsn, long ordinal, List<IncomingEvent> events, long bytes) implements Progress {}

    /**
     * Inside a transaction, at the mark of a chunk, whose rows are the events.
     *
     * @param isOutdated whether the rows have to be read again; then there are no events
     */
    record AtChunk(Within within, Chunk chunk, boolean isOutdated) implements Progress {}

    /** The transaction is complete. Once its events are stored, {@code endLsn} may be confirmed. */
    record Complete(Lsn commitLsn, Lsn endLsn) implements Progress {}
}
