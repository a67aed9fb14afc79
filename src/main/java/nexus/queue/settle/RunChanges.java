package nexus.queue.settle;

import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nexus.queue.owed.OwedDelivery;
import nexus.queue.owed.OwedRun;

/** What one settlement makes of the {@link OwedRun}s that its deliveries are of. */
final class RunChanges {
    private final Map<OwedRun, BitSet> left = new HashMap<>();
    private final Map<OwedRun, Set<Long>> delivered = new HashMap<>();
    private final Set<OwedRun> unfolding = new LinkedHashSet<>();

    /**
     * These leave their runs.
     *
     * @return of each run among them, what is owed once they have left
     */
    Map<OwedRun, BitSet> delivered(List<Outcome.Sent> sent) {
        Map<OwedRun, BitSet> touched = new LinkedHashMap<>();
        for (Outcome.Sent outcome : sent) {
            long seq = outcome.delivery().seq();
            if (outcome.delivery().place() instanceof OwedRun run) {
                BitSet owed = left.computeIfAbsent(run, OwedRun::owed);
                owed.clear(run.indexOf(seq));
                delivered.computeIfAbsent(run, first -> new HashSet<>()).add(seq);
                touched.put(run, owed);
            }
        }
        touched.replaceAll((run, owed) -> (BitSet) owed.clone());
        return touched;
    }

    /** It goes on as a row, and with it what is left of its run. */
    void unfold(OwedDelivery delivery) {
        if (delivery.place() instanceof OwedRun run && run.isFolded()) {
            unfolding.add(run);
        }
    }

    Set<OwedRun> unfolding() {
        return unfolding;
    }

    /** @param written seqs; a run of which they lack was not there any more */
    void committed(Set<Long> written) {
        left.forEach((run, owed) -> {
            if (written.containsAll(delivered.getOrDefault(run, Set.of()))) {
                run.left(owed);
            } else {
                run.unfolded();
            }
        });
        unfolding.forEach(OwedRun::unfolded);
    }
}
