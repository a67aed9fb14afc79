package nexus.queue.owed;

import io.vertx.core.Future;
import java.util.Collection;
import java.util.Map;
import java.util.Set;

/** Finds packed rows, and makes rows of what is owed of them. */
public interface RunReads {
    /**
     * The runs of these lanes.
     *
     * @param lows by lane, its low-water seq
     */
    Future<Set<OwedRun.Key>> of(Map<Integer, Long> lows);

    /** What is owed of these runs is a row each from then on; one that is gone is left out. */
    Future<Void> unfold(Collection<OwedRun.Key> runs);

    /** As {@link #unfold}, for every run of a lane. */
    Future<Void> unfoldLane(int lane);
}
