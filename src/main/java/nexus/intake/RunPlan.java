package nexus.intake;

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

/** Which of the deliveries that become owed together are stored as runs: of each live lane to which enough is owed at once. */
final class RunPlan {
    private final int process;
    private final int[] runs; // of each delivery, from 1; 0: a row
    private final List<Integer> lanes = new ArrayList<>(); // of each run

    RunPlan(OwedColumns owed, LiveLanes.Live live) {
        process = live.process();
        runs = new int[owed.size()];
        if (owed.size() >= PackedRow.SHORTEST && !live.lanes().isEmpty()) {
            plan(owed, live.lanes());
        }
    }

    /** What a run has no place for stays a row; what waits behind a barrier that is a row has to be one, too. */
    private void plan(OwedColumns owed, Set<Integer> live) {
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

    /** Of each delivery, from 1; 0: it is a row. */
    Integer[] numbers() {
        return Arrays.stream(runs).boxed().toArray(Integer[]::new);
    }

    /** The process that has to own the lanes with runs; empty: there are none. */
    Optional<Integer> owner() {
        return lanes.isEmpty() ? Optional.empty() : Optional.of(process);
    }

    /** Those that it has to own. */
    Short[] shards() {
        return lanes.stream().map(lane -> (short) Shards.of(lane)).distinct().toArray(Short[]::new);
    }

    /**
     * The runs, once they are stored.
     *
     * @param seqs of all deliveries, in the order of their columns
     */
    Runs stored(List<Long> seqs) {
        List<List<Long>> seqsByRun = new ArrayList<>();
        lanes.forEach(lane -> seqsByRun.add(new ArrayList<>()));
        for (int i = 0; i < runs.length && !lanes.isEmpty(); i++) {
            if (runs[i] > 0) {
                seqsByRun.get(runs[i] - 1).add(seqs.get(i));
            }
        }
        List<PackedRow> made = new ArrayList<>();
        for (int run = 0; run < lanes.size(); run++) {
            made.add(new PackedRow(lanes.get(run), seqsByRun.get(run)));
        }
        return delivery -> runs[delivery] == 0 ? Optional.empty() : Optional.of(made.get(runs[delivery] - 1));
    }

    /** Of which run a delivery is, from 0 in the order of the columns; empty: it is a row. */
    interface Runs {
        Optional<PackedRow> of(int delivery);
    }
}
