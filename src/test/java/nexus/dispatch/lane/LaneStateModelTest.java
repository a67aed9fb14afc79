package nexus.dispatch.lane;

import static nexus.queue.owed.OwedRow.fresh;
import static nexus.queue.owed.OwedRow.row;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import nexus.dispatch.outcome.DeliveryConfig;
import nexus.dispatch.outcome.Reply;
import nexus.queue.backlog.Room;
import nexus.queue.owed.Ready;
import nexus.queue.settle.Outcome;
import nexus.subscription.Batch;
import nexus.subscription.EndpointHealth;
import nexus.subscription.Subscription;
import nexus.target.Answer;
import nexus.target.SendResult;
import nexus.target.SendResult.Extent;
import nexus.testkit.Configs;
import nexus.testkit.TestSubscription;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A lane is driven by random inputs and checked against a simple model of what is owed: per key in order, never more than
 * its concurrency under way, one probe at a time, and in the end everything is settled.
 */
class LaneStateModelTest {
    private static final Duration TOOK = Duration.ofMillis(5);
    private static final int KEYS = 6;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 32})
    void orderConcurrencyAndEveryDeliveryHoldWhateverHappens(int concurrency) {
        for (int seed = 0; seed < 150; seed++) {
            new Run(seed, concurrency, 0).toTheEnd();
        }
    }

    /** A batch that failed goes again with the same members, however its deliveries come and go. */
    @ParameterizedTest
    @ValueSource(ints = {2, 5, 40})
    void orderAndMembersOfBatchesHoldWhateverHappens(int maxSize) {
        for (int seed = 0; seed < 150; seed++) {
            new Run(seed, 1 + seed % 7, maxSize).toTheEnd();
        }
    }

    private static final class Run {
        final DeliveryConfig config =
                Configs.of(DeliveryConfig.class, "nexus.delivery.max-age=100000d", "nexus.delivery.max-attempts=100");
        final String name;
        final Random random;
        final int concurrency;
        final int maxSize; // of a batch; 0: none
        final Map<Instant, Set<Long>> failedBatches = new LinkedHashMap<>(); // by due time
        final Map<Long, Owed> owed = new TreeMap<>(); // by seq, until settled
        final Map<Long, Flight> underWay = new LinkedHashMap<>();
        final Set<Long> settled = new HashSet<>();
        Subscription subscription;
        LaneState lane;
        Instant now = Instant.parse("2026-01-31T18:20:43Z");
        Instant wakeAt = Instant.MAX;
        long lastSeq;

        Run(int seed, int concurrency, int maxSize) {
            this.name = "seed " + seed;
            this.random = new Random(seed);
            this.concurrency = concurrency;
            this.maxSize = maxSize;
            this.subscription = subscription("http://127.0.0.1:9/0");
            this.lane = new LaneState(subscription, config, random::nextDouble);
        }

        void toTheEnd() {
            for (int i = 0; i < 400; i++) {
                switch (random.nextInt(12)) {
                    case 0, 1 -> enqueue();
                    case 2 -> now = now.plusMillis(random.nextInt(3_000));
                    case 3 -> change();
                    case 4, 5, 6, 7 -> turn();
                    default -> answer(result());
                }
            }
            for (int i = 0; i < 20_000 && !owed.isEmpty(); i++) {
                turn();
                if (underWay.isEmpty()) {
                    now = next(); // nothing happens until then
                } else {
                    answer(new SendResult.Delivered(new Answer(200, ""), TOOK));
                }
            }
            assertThat(owed).as("%s: forgotten", name).isEmpty();
            assertThat(underWay).as(name).isEmpty();
            assertThat(settled).as(name).hasSize((int) lastSeq);
        }

        void enqueue() {
            for (int i = random.nextInt(8); i >= 0; i--) {
                long seq = ++lastSeq;
                owed.put(seq, new Owed(seq, random.nextInt(KEYS), 0, Instant.MIN));
            }
        }

        /** As the dispatcher does it. */
        void turn() {
            Room room = lane.room(now);
            List<Ready> taken = take(room);
            while (!taken.isEmpty()) {
                apply(lane.on(new Input.Arrived(taken), now), taken);
                taken = maxSize > 0 ? take(lane.room(now)) : List.of();
            }
            wakeAt = Instant.MAX;
            for (Step step : lane.on(Input.Tick.NOW, now)) {
                assertThat(step).isInstanceOfSatisfying(Step.WakeAt.class, wake -> wakeAt = wake.at());
            }
        }

        /** Of each key the first that is owed, unless one of its key is under way or it is not due. */
        List<Ready> take(Room room) {
            List<Ready> taken = new ArrayList<>();
            if (!room.isOpen()) {
                return taken;
            }
            if (maxSize > 0) {
                return room.requests() > 0 ? takeBatch() : taken;
            }
            Set<Integer> keys = new HashSet<>();
            for (Owed each : owed.values()) {
                if (keys.add(each.key)
                        && !underWay.containsKey(each.seq)
                        && !each.due.isAfter(now)
                        && taken.size() < room.requests()) {
                    taken.add(each.ready());
                }
            }
            return taken;
        }

        /** Those of one batch: untried ones, several of a key too, or the members of a batch that failed. */
        List<Ready> takeBatch() {
            Map<Long, Owed> batch = new TreeMap<>();
            Instant due = null;
            Set<Integer> closed = new HashSet<>(); // keys of which an earlier one does not go
            for (Owed each : owed.values()) {
                boolean fits = !closed.contains(each.key)
                        && !underWay.containsKey(each.seq)
                        && !each.due.isAfter(now)
                        && batch.size() < maxSize
                        && (due == null || due.equals(each.due));
                if (fits) {
                    due = each.due;
                    batch.put(each.seq, each);
                } else {
                    closed.add(each.key);
                }
            }
            if (due != null && !due.equals(Instant.MIN)) {
                assertThat(batch.keySet()).as("%s: another batch", name).isEqualTo(failedBatches.remove(due));
            }
            return batch.values().stream().map(Owed::ready).toList();
        }

        void apply(List<Step> steps, List<Ready> expected) {
            Set<Ready> left = new HashSet<>(expected);
            for (Step step : steps) {
                switch (step) {
                    case Step.Send(Group group) -> {
                        assertThat(left.containsAll(group.members())).as(name).isTrue();
                        group.members().forEach(left::remove);
                        sent(group);
                    }
                    case Step.GiveBack(Ready ready) ->
                        assertThat(left.remove(ready)).as(name).isTrue();
                    case Step.Write(Outcome outcome) -> {
                        assertThat(left.removeIf(ready -> ready.delivery().seq()
                                        == outcome.delivery().seq()))
                                .as(name)
                                .isTrue();
                        written(outcome);
                    }
                    case Step.WriteTogether(List<Outcome> outcomes) -> {
                        for (Outcome outcome : outcomes) {
                            assertThat(left.removeIf(ready -> ready.delivery().seq()
                                            == outcome.delivery().seq()))
                                    .as(name)
                                    .isTrue();
                            written(outcome);
                        }
                    }
                    case Step.BackOff back -> {}
                    case Step.RecordHealth health -> {}
                    case Step.TellBreaker tell -> {}
                    case Step.Disable disable -> throw new AssertionError(name + ": nobody has failed for days");
                    case Step.TellDead dead -> throw new AssertionError(name + ": nothing was given up");
                    case Step.LookAgain again -> {}
                    case Step.WakeAt wake -> throw new AssertionError(name + ": not asked for");
                }
            }
            assertThat(left).as("%s: nothing became of these", name).isEmpty();
        }

        void sent(Group group) {
            Set<Long> together = new HashSet<>();
            for (Ready ready : group.members()) {
                Owed row = Objects.requireNonNull(owed.get(ready.delivery().seq()), name);
                together.add(row.seq);
                long first = owed.values().stream()
                        .filter(each -> each.key == row.key)
                        .filter(each -> each.seq == row.seq || !together.contains(each.seq))
                        .findFirst()
                        .orElseThrow()
                        .seq;
                assertThat(row.seq)
                        .as("%s: another one of its key goes first", name)
                        .isEqualTo(first);
            }
            Flight flight = new Flight(group, lane.subscription(), now);
            group.members().forEach(ready -> underWay.put(ready.delivery().seq(), flight));
            assertThat(underWay.values().stream().distinct().count())
                    .as("%s: under way", name)
                    .isLessThanOrEqualTo(concurrency);
        }

        void answer(SendResult result) {
            if (underWay.isEmpty()) {
                return;
            }
            List<Flight> all = underWay.values().stream().distinct().toList();
            Flight flight = all.get(random.nextInt(all.size()));
            List<Ready> members = flight.group.members();
            members.forEach(ready -> underWay.remove(ready.delivery().seq()));
            apply(
                    lane.on(
                            new Input.Answered(
                                    flight.group, reply(result, members.size()), flight.asked, flight.startedAt),
                            now),
                    members);
        }

        /** A batch that is delivered may be so in part; and a part may not have been sent. */
        Reply reply(SendResult result, int members) {
            if (maxSize == 0) {
                return Reply.of(result);
            }
            boolean isInPart = result instanceof SendResult.Delivered && random.nextInt(3) == 0;
            List<Optional<SendResult>> ofMembers = new ArrayList<>();
            for (int i = 0; i < members; i++) {
                boolean hasFailed = isInPart && random.nextBoolean();
                ofMembers.add(Optional.of(hasFailed ? refused(new Extent.ThisDelivery()) : result));
            }
            return new Reply(result, ofMembers, Optional.of(new UUID(0, 1)));
        }

        void written(Outcome outcome) {
            long seq = outcome.delivery().seq();
            switch (outcome) {
                case Outcome.Again again -> {
                    Owed before = Objects.requireNonNull(owed.remove(seq), name);
                    owed.put(seq, new Owed(seq, before.key, before.attempts + 1, again.due()));
                    failedBatches
                            .computeIfAbsent(again.due(), first -> new HashSet<>())
                            .add(seq);
                }
                case Outcome.Sent sent -> settle(seq);
                case Outcome.Dead dead -> settle(seq);
            }
        }

        void settle(long seq) {
            assertThat(owed.remove(seq)).as(name).isNotNull();
            assertThat(settled.add(seq)).as("%s: settled twice", name).isTrue();
        }

        SendResult result() {
            return switch (random.nextInt(10)) {
                case 0 -> new SendResult.TimedOut("connecting", TOOK);
                case 1 -> new SendResult.Unreachable("refused", TOOK);
                case 2 -> refused(new Extent.AllForNow(Optional.of(Duration.ofSeconds(random.nextInt(20)))));
                case 3 -> refused(new Extent.AllForNow(Optional.empty()));
                case 4 -> refused(new Extent.ThisDelivery());
                default -> new SendResult.Delivered(new Answer(204, ""), TOOK);
            };
        }

        private static SendResult refused(Extent extent) {
            return new SendResult.Refused("no", new Answer(400, ""), extent, TOOK);
        }

        void change() {
            subscription = subscription("http://127.0.0.1:9/" + random.nextInt(2));
            apply(lane.on(new Input.Changed(subscription), now), List.of());
        }

        Subscription subscription(String url) {
            return TestSubscription.ofLane(1)
                    .concurrency(concurrency)
                    .batch(
                            maxSize == 0
                                    ? Optional.empty()
                                    : Optional.of(new Batch(Math.max(2, maxSize), Duration.ZERO)))
                    .rateLimit(random.nextInt(4) == 0 ? Optional.of(1 + random.nextInt(50)) : Optional.empty())
                    .health(EndpointHealth.GOOD)
                    .endpoint(url)
                    .build();
        }

        /** When something changes by itself: the lane has to say so, or a retry is due. */
        Instant next() {
            Instant due = owed.values().stream()
                    .map(each -> each.due)
                    .filter(each -> each.isAfter(now))
                    .min(Instant::compareTo)
                    .orElse(Instant.MAX);
            Instant next = due.isBefore(wakeAt) ? due : wakeAt;
            assertThat(next).as("%s: it would wait for ever", name).isNotEqualTo(Instant.MAX);
            return next.plusMillis(1);
        }
    }

    private record Owed(long seq, int key, int attempts, Instant due) {
        Ready ready() {
            return fresh(row(seq).key(key).attempts(attempts).build());
        }
    }

    private record Flight(Group group, Subscription asked, Instant startedAt) {}
}
