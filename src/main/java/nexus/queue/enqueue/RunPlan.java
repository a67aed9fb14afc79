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
final class RunPlan {
    private final int process;
    private final int[] runs; // of each delivery, from 1; 0: a single row
    private final List<Integer> lanes = new ArrayList<>(); // of each packed row

    RunPlan(NewlyOwed owed, LiveLanes.Live live) {
        process = live.process();
        runs = new int[owed.size()];
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
            } else if (live.contains(lane) && owed.otherKeys.get(i) == null && !owed.own.get(i)) {
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
            runs[all.get(i)] = first + i * count / all.size();
        }
        lanes.addAll(Collections.nCopies(count, lane));
    }

    /** The number of each delivery's packed row, from 1; 0 for a single row. */
    Integer[] numbers() {
        return Arrays.stream(runs).boxed().toArray(Integer[]::new);
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
    Runs stored(Long[] seqs) {
        List<List<Long>> seqsByRun = new ArrayList<>();
        lanes.forEach(lane -> seqsByRun.add(new ArrayList<>()));
        for (int i = 0; i < runs.length && !lanes.isEmpty(); i++) {
            if (runs[i] > 0) {
                seqsByRun.get(runs[i] - 1).add(seqs[i]);
            }
        }
        List<PackedRow> made = new ArrayList<>();
        for (int run = 0; run < lanes.size(); run++) {
            made.add(new PackedRow(lanes.get(run), seqsByRun.get(run)));
        }
        return delivery -> runs[delivery] == 0 ? Optional.empty() : Optional.of(made.get(runs[delivery] - 1));
    }

    /** The index of a delivery's packed row, from 0 in the order of the columns; empty for a single row. */
    interface Runs {
        Optional<PackedRow> of(int delivery);
    }
}
