package nexus.queue.enqueue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import nexus.queue.lease.Shards;
import nexus.queue.notify.LiveLanes;
import nexus.queue.owed.PackedRow;

/**
 * Decides which new deliveries are stored as packed rows: those of each live lane that gets enough deliveries at once.
 */
final class PackingPlan {
    private final int process;
    private final int[] numbers; // packed row of each delivery, from 1; 0 for a single row
    private final List<Integer> lanes = new ArrayList<>(); // lane of each packed row

    PackingPlan(NewlyOwed owed, LiveLanes.Live live) {
        process = live.process();
        numbers = new int[owed.size()];
        if (owed.size() >= PackedRow.SHORTEST && !live.lanes().isEmpty()) {
            plan(owed, live.lanes());
        }
    }

    /**
     * A delivery whose attributes a packed row cannot hold stays a single row; so does a delivery that waits for a
     * barrier in a single row.
     */
    private void plan(NewlyOwed owed, Set<Integer> live) {
        Map<Integer, List<Integer>> byLane = new TreeMap<>();
        Set<Integer> withBarrier = new HashSet<>();
        for (int i = 0; i < owed.size(); i++) {
            int lane = owed.lanes.get(i);
            if (owed.barriers.get(i)) {
                withBarrier.add(lane);
            } else if (live.contains(lane)
                    && owed.otherKeys.get(i) == null
                    && !owed.own.get(i)
                    && owed.jobs.get(i) == null) {
                byLane.computeIfAbsent(lane, first -> new ArrayList<>()).add(i);
            }
        }
        byLane.keySet().removeAll(withBarrier);
        byLane.forEach((lane, all) -> {
            if (all.size() >= PackedRow.SHORTEST) {
                divide(lane, all);
            }
        });
    }

    private void divide(int lane, List<Integer> all) {
        int first = lanes.size() + 1;
        int count = Math.ceilDiv(all.size(), PackedRow.LONGEST);
        for (int i = 0; i < all.size(); i++) {
            numbers[all.get(i)] = first + i * count / all.size();
        }
        lanes.addAll(Collections.nCopies(count, lane));
    }

    /** The number of each delivery's packed row, from 1; 0 for a single row. */
    Integer[] numbers() {
        return Arrays.stream(numbers).boxed().toArray(Integer[]::new);
    }

    /** The process that must own the lanes with packed rows; empty if there are none. */
    Optional<Integer> owner() {
        return lanes.isEmpty() ? Optional.empty() : Optional.of(process);
    }

    /** The shards that it must own. */
    Short[] shards() {
        return lanes.stream().map(lane -> (short) Shards.of(lane)).distinct().toArray(Short[]::new);
    }

    /**
     * The packed rows, once they are stored.
     *
     * @param seqs seqs of all deliveries, in the order of their columns
     */
    Packed stored(Long[] seqs) {
        List<List<Long>> seqsByRow = new ArrayList<>();
        lanes.forEach(lane -> seqsByRow.add(new ArrayList<>()));
        for (int i = 0; i < numbers.length && !lanes.isEmpty(); i++) {
            if (numbers[i] > 0) {
                seqsByRow.get(numbers[i] - 1).add(seqs[i]);
            }
        }
        List<PackedRow> rows = new ArrayList<>();
        for (int row = 0; row < lanes.size(); row++) {
            rows.add(new PackedRow(lanes.get(row), seqsByRow.get(row)));
        }
        return delivery -> numbers[delivery] == 0 ? Optional.empty() : Optional.of(rows.get(numbers[delivery] - 1));
    }

    /** Finds the packed row of a delivery by its index from 0, in the order of the columns; empty for a single row. */
    interface Packed {
        Optional<PackedRow> of(int delivery);
    }
}
