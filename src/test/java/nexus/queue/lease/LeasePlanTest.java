package nexus.queue.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import nexus.queue.lease.LeasePlan.Member;
import nexus.queue.lease.LeasePlan.Mine;
import nexus.queue.lease.LeasePlan.Seen;
import nexus.queue.lease.LeasePlan.Step;
import nexus.queue.process.ProcessDeath.Verdict;
import nexus.queue.process.ProcessSightings;
import nexus.queue.process.ProcessSightings.Beat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class LeasePlanTest {
    private static final Term TERM = new Term(1, 7);
    private static final Set<Integer> ALL =
            IntStream.range(0, Shards.COUNT).boxed().collect(Collectors.toUnmodifiableSet());
    private static final Set<Integer> EVEN =
            ALL.stream().filter(shard -> shard % 2 == 0).collect(Collectors.toUnmodifiableSet());
    private static final ProcessSightings NOBODY = new ProcessSightings(Duration.ofSeconds(20), Duration.ofSeconds(6));

    static Stream<Arguments> situations() {
        return Stream.of(
                Arguments.of(
                        "alone, it claims everything",
                        seen(Map.of(), alive(1)),
                        mine(Set.of()),
                        List.of(new Step.Claim(64))),
                Arguments.of(
                        "alone with everything, it does nothing", seen(owned(1, ALL), alive(1)), mine(ALL), List.of()),
                Arguments.of(
                        "with another one, it gives up every second shard",
                        seen(owned(1, ALL), alive(1), alive(2)),
                        mine(ALL),
                        List.of(new Step.GiveUp(EVEN))),
                Arguments.of(
                        "what is being given up counts as owned: nothing is claimed or given up twice",
                        seen(owned(1, ALL), alive(1), alive(2)),
                        mine(own(ALL).givingUp(EVEN)),
                        List.of()),
                Arguments.of(
                        "a drained shard is released before the rest is weighed",
                        seen(owned(1, ALL), alive(1), alive(2)),
                        mine(own(ALL).givingUp(EVEN), Set.of(0, 1, 2)),
                        List.of(new Step.Release(Set.of(0, 2)))),
                Arguments.of(
                        "a release whose answer was lost is made again",
                        seen(owned(1, without(ALL, 0)), alive(1), alive(2)),
                        mine(own(ALL).givingUp(EVEN), Set.of(0)),
                        List.of(new Step.Release(Set.of(0)))),
                Arguments.of(
                        "a claim whose answer was lost is adopted",
                        seen(owned(1, ALL), alive(1)),
                        mine(without(ALL, 5)),
                        List.of(new Step.Adopt(own(ALL)))),
                Arguments.of(
                        "a shard that is gone without having been given up ends the term",
                        seen(owned(1, without(ALL, 5)), alive(1)),
                        mine(ALL),
                        List.of(new Step.Lose())),
                Arguments.of(
                        "a process that stops retires once",
                        seen(owned(1, ALL), alive(1)),
                        new Mine(own(ALL), Set.of(), true, NOBODY),
                        List.of(new Step.Retire())),
                Arguments.of(
                        "a process that leaves does not count, and gets nothing",
                        seen(owned(1, ALL), new Member(beat(1), true, Verdict.UNPROVEN), alive(2)),
                        new Mine(own(ALL).retired(), Set.of(3), true, NOBODY),
                        List.of(new Step.Release(Set.of(3)))),
                Arguments.of(
                        "the share of a process that leaves is for the others",
                        seen(owned(2, EVEN), alive(1), new Member(beat(2), true, Verdict.UNPROVEN)),
                        mine(Set.of()),
                        List.of(new Step.Claim(64))),
                Arguments.of(
                        "a process that has ended is taken over",
                        seen(owned(1, ALL), alive(1), new Member(beat(2), false, Verdict.ENDED)),
                        mine(own(ALL).givingUp(EVEN)),
                        List.of(new Step.TakeOver(beat(2), true))),
                Arguments.of(
                        "a process that seems to have ended is looked at soon",
                        seen(owned(1, ALL), alive(1), new Member(beat(2), false, Verdict.ENDING)),
                        mine(own(ALL).givingUp(EVEN)),
                        List.of(new Step.LookSoon())),
                Arguments.of(
                        "what a process without a row has left is freed",
                        seen(owned(9, EVEN), alive(1)),
                        mine(Set.of()),
                        List.of(new Step.FreeOrphans(9), new Step.Claim(64))),
                Arguments.of(
                        "without a row of its own it waits for the next beat",
                        seen(owned(1, ALL), alive(2)),
                        mine(ALL),
                        List.of(new Step.FreeOrphans(1))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("situations")
    void whatIsSeenDecidesWhatIsDone(String name, Seen seen, Mine mine, List<Step> steps) {
        assertThat(LeasePlan.decide(seen, mine, 0).steps()).as(name).isEqualTo(steps);
    }

    @Test
    void aBeatThatStandsStillForTheTtlIsTakenOverAndOneThatGoesOnIsNot() {
        ProcessSightings sightings = NOBODY;
        List<Integer> takenOver = new ArrayList<>();
        for (int second = 0; second <= 21; second += 3) {
            Seen seen = seen(Map.of(), alive(1), alive(2), new Member(new Beat(3, 3, second), false, Verdict.UNPROVEN));
            LeasePlan plan = LeasePlan.decide(
                    seen,
                    new Mine(OwnShards.none(TERM), Set.of(), false, sightings),
                    Duration.ofSeconds(second).toNanos());
            sightings = plan.sightings();
            for (Step step : plan.steps()) {
                if (step instanceof Step.TakeOver over) {
                    assertThat(second).isEqualTo(21);
                    takenOver.add(over.beat().process());
                }
            }
        }
        assertThat(takenOver).containsExactly(2);
    }

    /** Processes come, go and drain in any order; a model of the store is all they share. */
    @Test
    void sharesMeetInTheMiddleAndNoShardHasTwoOwnersWhateverTheOrder() {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            Model model = new Model();
            int processes = 0;
            for (int i = 0; i < 120; i++) {
                int what = random.nextInt(10);
                if (what == 0 && model.members.size() < 5) {
                    model.members.put(++processes, OwnShards.none(new Term(processes, processes)));
                } else if (what == 1 && model.members.size() > 1) {
                    model.leave(model.any(random));
                } else if (!model.members.isEmpty()) {
                    model.round(model.any(random), random.nextBoolean());
                }
                model.assertKnowledge();
            }
            for (int i = 0; i < 20; i++) {
                List.copyOf(model.members.keySet()).forEach(process -> model.round(process, true));
            }
            if (!model.members.isEmpty()) {
                assertThat(model.owners)
                        .as("seed %d: every shard has an owner", seed)
                        .hasSize(Shards.COUNT);
                model.members.values().forEach(member -> assertThat(member.owned())
                        .hasSizeBetween(
                                Shards.COUNT / model.members.size(), Math.ceilDiv(Shards.COUNT, model.members.size())));
            }
        }
    }

    private static final class Model {
        final Map<Integer, Integer> owners = new HashMap<>();
        final Map<Integer, OwnShards> members = new TreeMap<>();

        int any(Random random) {
            return List.copyOf(members.keySet()).get(random.nextInt(members.size()));
        }

        void leave(int process) {
            members.remove(process); // its shards stay behind
        }

        void round(int process, boolean isDrained) {
            OwnShards own = Objects.requireNonNull(members.get(process));
            Seen seen = seen(
                    owners, members.keySet().stream().map(LeasePlanTest::alive).toArray(Member[]::new));
            Set<Integer> drained = isDrained ? own.leaving() : Set.of();
            for (Step step : LeasePlan.decide(seen, new Mine(own, drained, false, NOBODY), 0)
                    .steps()) {
                own = apply(process, own, step);
            }
            members.put(process, own);
        }

        private OwnShards apply(int process, OwnShards own, Step step) {
            return switch (step) {
                case Step.Release(Set<Integer> shards) -> {
                    owners.keySet().removeAll(shards);
                    yield own.without(shards);
                }
                case Step.FreeOrphans(int gone) -> {
                    owners.values().removeIf(owner -> owner == gone);
                    yield own;
                }
                case Step.Claim(int atMost) -> {
                    Set<Integer> free = ALL.stream()
                            .filter(shard -> !owners.containsKey(shard))
                            .limit(atMost)
                            .collect(Collectors.toSet());
                    free.forEach(shard -> owners.put(shard, process));
                    yield own.with(free);
                }
                case Step.GiveUp(Set<Integer> shards) -> own.givingUp(shards);
                case Step.Lose lose -> throw new AssertionError("nothing was taken away");
                case Step.Adopt adopt -> throw new AssertionError("no answer was lost");
                case Step.Retire retire -> throw new AssertionError("nobody stops");
                case Step.TakeOver over -> throw new AssertionError("nobody is silent");
                case Step.LookSoon soon -> throw new AssertionError("nobody has ended");
            };
        }

        void assertKnowledge() {
            members.forEach((process, own) -> {
                Set<Integer> stored = new HashSet<>();
                owners.forEach((shard, owner) -> {
                    if (owner.equals(process)) {
                        stored.add(shard);
                    }
                });
                assertThat(own.owned()).isEqualTo(stored);
                assertThat(own.owned()).containsAll(own.leaving());
            });
        }
    }

    private static Beat beat(int process) {
        return new Beat(process, process, 1);
    }

    private static Member alive(int process) {
        return new Member(beat(process), false, Verdict.UNPROVEN);
    }

    private static Seen seen(Map<Integer, Integer> owners, Member... processes) {
        return new Seen(owners, List.of(processes));
    }

    private static Map<Integer, Integer> owned(int process, Set<Integer> shards) {
        return shards.stream().collect(Collectors.toMap(shard -> shard, shard -> process));
    }

    private static OwnShards own(Set<Integer> shards) {
        return OwnShards.none(TERM).with(shards);
    }

    private static Mine mine(Set<Integer> owned) {
        return mine(own(owned));
    }

    private static Mine mine(OwnShards own) {
        return mine(own, Set.of());
    }

    private static Mine mine(OwnShards own, Set<Integer> drained) {
        return new Mine(own, drained, false, NOBODY);
    }

    private static Set<Integer> without(Set<Integer> all, int one) {
        Set<Integer> rest = new HashSet<>(all);
        rest.remove(one);
        return rest;
    }
}
