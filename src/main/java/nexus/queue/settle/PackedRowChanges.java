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
import nexus.queue.owed.PackedRow;

/** What one settlement makes of the {@link PackedRow}s that its deliveries are of. */
final class PackedRowChanges {
    private final Map<PackedRow, BitSet> left = new HashMap<>();
    private final Map<PackedRow, Set<Long>> delivered = new HashMap<>();
    private final Set<PackedRow> unpacking = new LinkedHashSet<>();

    /**
     * These leave their packed rows.
     *
     * @return of each packed row among them, what is owed once they have left
     */
    Map<PackedRow, BitSet> delivered(List<Outcome.Sent> sent) {
        Map<PackedRow, BitSet> touched = new LinkedHashMap<>();
        for (Outcome.Sent outcome : sent) {
            long seq = outcome.delivery().seq();
            if (outcome.delivery().place() instanceof PackedRow run) {
                BitSet owed = left.computeIfAbsent(run, PackedRow::owed);
                owed.clear(run.indexOf(seq));
                delivered.computeIfAbsent(run, first -> new HashSet<>()).add(seq);
                touched.put(run, owed);
            }
        }
        touched.replaceAll((run, owed) -> (BitSet) owed.clone());
        return touched;
    }

    /** It goes on as a row, and with it what is left of its packed row. */
    void unpack(OwedDelivery delivery) {
        if (delivery.place() instanceof PackedRow run && run.isPacked()) {
            unpacking.add(run);
        }
    }

    Set<PackedRow> unpacking() {
        return unpacking;
    }

    /** @param written seqs; a packed row of which they lack was not there any more */
    void committed(Set<Long> written) {
        left.forEach((run, owed) -> {
            if (written.containsAll(delivered.getOrDefault(run, Set.of()))) {
                run.left(owed);
            } else {
                run.unpacked();
            }
        });
        unpacking.forEach(PackedRow::unpacked);
    }
}
