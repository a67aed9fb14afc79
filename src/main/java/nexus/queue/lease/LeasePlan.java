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
 * Decides what a process does about its share of the shards after one look at the store. Pure: what was seen, what the
 * process knows of itself and the time come in, steps come out in the order in which they are to be taken.
 *
 * <p>The processes share the shards evenly: a process with too many gives some up, once nothing is under way in them, and
 * a process with too few claims free ones. A process whose beat stands still, or that is known to have ended, is taken
 * over.
 *
 * @param steps in order
 * @param sightings the beats of the other processes, including this look
 */
record LeasePlan(List<Step> steps, ProcessSightings sightings) {
    LeasePlan {
        steps = List.copyOf(steps);
    }

    /** One thing to do. */
    sealed interface Step {
        /** Shards were taken away in the store: nothing is certain any more, the term ends. */
        record Lose() implements Step {}

        /** Tells the others that this process takes no more shards, and gives up all that it has. */
        record Retire() implements Step {}

        /** An answer of the store was lost: this process owns what the store says. */
        record Adopt(OwnShards asStored) implements Step {}

        /** Nothing is under way in these any more: others may have them. */
        record Release(Set<Integer> shards) implements Step {}

        /** A process has fallen silent, or has ended: its shards become free. */
        record TakeOver(Beat beat, boolean hasEnded) implements Step {}

        /** A process has ended on this machine and the server has yet to notice: looks again in a moment. */
        record LookSoon() implements Step {}

        /** Frees the shards of a process that has no row any more. */
        record FreeOrphans(int process) implements Step {}

        /** Takes free shards. */
        record Claim(int atMost) implements Step {}

        /** Starts nothing more in these, and releases each of them when nothing is under way in it. */
        record GiveUp(Set<Integer> shards) implements Step {}
    }

    /**
     * The store at one moment. The processes are read after the owners: an owner that is not among them has ended.
     *
     * @param owners of each shard that has one, its process
     */
    record Seen(Map<Integer, Integer> owners, List<Member> processes) {
        Seen {
            owners = Map.copyOf(owners);
            processes = List.copyOf(processes);
        }
    }

    /**
     * A process that has a row in the store.
     *
     * @param isLeaving finishes what is under way, and takes no more shards
     * @param fate whether it is known to have ended
     */
    record Member(Beat beat, boolean isLeaving, Verdict fate) {
        int id() {
            return beat.process();
        }
    }

    /**
     * What the process knows of itself.
     *
     * @param drained shards in which nothing is under way any more
     * @param isRetiring it is about to stop
     * @param sightings the beats of the others at earlier looks
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
            return; // retiring, or taken over in this moment: the next beat finds out
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
