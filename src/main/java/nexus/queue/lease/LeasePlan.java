package nexus.queue.lease;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import nexus.queue.process.ProcessDeath.Verdict;
import nexus.queue.process.ProcessSightings;
import nexus.queue.process.ProcessSightings.Beat;

/**
 * Decides what a process does about its share of the shards after a read of the store. Pure: its inputs are the rows of the
 * store, the state of the process and the time; its output is a list of steps in their order.
 *
 * <p>The processes share the shards evenly: a process with too many releases some, once they have no delivery in progress,
 * and a process with too few claims free ones. A process whose beat has stopped, or that is known to have terminated, is
 * taken over.
 *
 * @param steps in order
 * @param sightings the beats of the other processes, including this read
 */
record LeasePlan(List<Step> steps, ProcessSightings sightings) {
    LeasePlan {
        steps = List.copyOf(steps);
    }

    /** A step of the plan. */
    sealed interface Step {
        /** Ends the term, because its shards were taken away in the store. */
        record Lose() implements Step {}

        /** Announces that this process takes no more shards, and releases all that it has. */
        record Retire() implements Step {}

        /** Adopts the shards that the store assigns to this process, because a response of the store was lost. */
        record Adopt(OwnShards asStored) implements Step {}

        /** Releases shards without deliveries in progress for others. */
        record Release(Set<Integer> shards) implements Step {}

        /** Takes over a process that is silent or has terminated, which frees its shards. */
        record TakeOver(Beat beat, boolean hasEnded) implements Step {}

        /** Reads again shortly, because a process of this machine has terminated and the server has not noticed yet. */
        record LookSoon() implements Step {}

        /** Frees the shards of a process without a row. */
        record FreeOrphans(int process) implements Step {}

        /** Claims free shards. */
        record Claim(int atMost) implements Step {}

        /** Starts nothing more in these shards, and releases each when it has no delivery in progress. */
        record GiveUp(Set<Integer> shards) implements Step {}
    }

    /**
     * A read of the store. Processes are read after owners, so an owner without a row has terminated.
     *
     * @param owners the process of each shard that has one
     */
    record Seen(Map<Integer, Integer> owners, List<Member> processes) {
        Seen {
            owners = Map.copyOf(owners);
            processes = List.copyOf(processes);
        }
    }

    /**
     * A process with a row in the store.
     *
     * @param isLeaving whether it completes its deliveries in progress and takes no more shards
     * @param fate whether it is known to have terminated
     */
    record Member(Beat beat, boolean isLeaving, Verdict fate) {
        int id() {
            return beat.process();
        }
    }

    /**
     * The state of the process itself.
     *
     * @param drained shards without deliveries in progress
     * @param isRetiring whether it is about to stop
     * @param sightings the beats of the others at earlier reads
     */
    record Mine(OwnShards shards, Set<Integer> drained, boolean isRetiring, ProcessSightings sightings) {
        Mine {
            drained = Set.copyOf(drained);
        }
    }

    static LeasePlan decide(Seen seen, Mine mine, long nowNanos) {
        Term term = mine.shards().term();
        List<Step> steps = new ArrayList<>();
        OwnShards own = released(mine, steps);
        if (mine.isRetiring() && !own.isRetired()) {
            steps.add(new Step.Retire());
            return new LeasePlan(steps, mine.sightings());
        }
        Set<Integer> stored = shardsOf(term.process(), seen.owners());
        stored.removeAll(released(mine));
        Set<Integer> missing = new HashSet<>(own.owned());
        missing.removeAll(stored);
        if (!mine.drained().containsAll(missing)) {
            return new LeasePlan(List.of(new Step.Lose()), mine.sightings());
        }
        if (!own.owned().equals(stored)) {
            own = own.without(missing).with(stored);
            steps.add(new Step.Adopt(own));
        }
        ProcessSightings sightings = takeOvers(seen, mine, nowNanos, steps);
        freeOrphans(seen, steps);
        share(seen, own, steps);
        return new LeasePlan(steps, sightings);
    }

    private static Set<Integer> released(Mine mine) {
        Set<Integer> free = new HashSet<>(mine.shards().leaving());
        free.retainAll(mine.drained());
        return free;
    }

    private static OwnShards released(Mine mine, List<Step> steps) {
        Set<Integer> free = released(mine);
        if (free.isEmpty()) {
            return mine.shards();
        }
        steps.add(new Step.Release(Set.copyOf(free)));
        return mine.shards().without(free);
    }

    private static Set<Integer> shardsOf(int process, Map<Integer, Integer> owners) {
        Set<Integer> shards = new HashSet<>();
        owners.forEach((shard, owner) -> {
            if (owner == process) {
                shards.add(shard);
            }
        });
        return shards;
    }

    private static ProcessSightings takeOvers(Seen seen, Mine mine, long nowNanos, List<Step> steps) {
        List<Member> others = seen.processes().stream()
                .filter(process -> process.id() != mine.shards().term().process())
                .toList();
        ProcessSightings sightings =
                mine.sightings().look(others.stream().map(Member::beat).toList(), nowNanos);
        sightings.silent().forEach(silent -> steps.add(new Step.TakeOver(silent, false)));
        for (Member other : others) {
            switch (other.fate()) {
                case UNPROVEN -> {}
                case ENDING -> steps.add(new Step.LookSoon());
                case ENDED -> steps.add(new Step.TakeOver(other.beat(), true));
            }
        }
        return sightings;
    }

    private static void freeOrphans(Seen seen, List<Step> steps) {
        Set<Integer> gone = new TreeSet<>(seen.owners().values());
        seen.processes().forEach(process -> gone.remove(process.id()));
        gone.forEach(process -> steps.add(new Step.FreeOrphans(process)));
    }

    private static void share(Seen seen, OwnShards own, List<Step> steps) {
        List<Integer> sharing = seen.processes().stream()
                .filter(process -> !process.isLeaving())
                .map(Member::id)
                .toList();
        int rank = sharing.indexOf(own.term().process());
        if (rank < 0) {
            return; // retiring, or just being taken over, which the next beat detects
        }
        int share = ShardShare.of(rank, sharing.size());
        if (own.owned().size() < share) {
            steps.add(new Step.Claim(share - own.owned().size()));
            return;
        }
        Set<Integer> tooMany = ShardShare.tooMany(new TreeSet<>(own.staying()), share);
        if (!tooMany.isEmpty()) {
            steps.add(new Step.GiveUp(tooMany));
        }
    }
}
