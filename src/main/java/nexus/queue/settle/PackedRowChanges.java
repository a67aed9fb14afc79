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

/** The changes of one settlement to the {@link PackedRow}s of its deliveries. */
final class PackedRowChanges {
    private final Map<PackedRow, BitSet> left = new HashMap<>();
    private final Map<PackedRow, Set<Long>> delivered = new HashMap<>();
    private final Set<PackedRow> unpacking = new LinkedHashSet<>();

    /**
     * Removes these deliveries from their packed rows.
     *
     * @return for each packed row, the deliveries that remain owed
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

    /** Makes it a separate row, together with the rest of its packed row. */
    void unpack(OwedDelivery delivery) {
        if (delivery.place() instanceof PackedRow run && run.isPacked()) {
            unpacking.add(run);
        }
    }

    Set<PackedRow> unpacking() {
        return unpacking;
    }

    /** @param written stored seqs; a packed row without any of them no longer existed */
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
