package nexus.queue.backlog;

import static nexus.queue.owed.OwedRow.fresh;
import static nexus.queue.owed.OwedRow.row;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import nexus.queue.body.Bodies;
import nexus.queue.lease.Holding;
import nexus.queue.lease.ShardHandover;
import nexus.queue.lease.Term;
import nexus.queue.order.Waiting;
import nexus.queue.owed.KeyQueue;
import nexus.queue.owed.OwedDelivery;
import nexus.queue.owed.OwedQueue.LaneKey;
import nexus.queue.owed.OwedReads;
import nexus.queue.owed.Ready;
import nexus.testkit.TestPostgres;
import org.junit.jupiter.api.Test;

/** What lanes keep in memory, and what of it is taken. */
class LaneBacklogsTest {
    private static final Instant NOW = Instant.parse("2026-01-31T18:20:43Z");
    private static final BacklogBounds BOUNDS = new BacklogBounds(16384, 64 << 20, 4096, Duration.ofSeconds(30));

    private final Bodies bodies = new Bodies(TestPostgres.vertx(), noReads(), BOUNDS.bodyMemory());
    private final ShardHandover shards = new ShardHandover();
    private final LaneBacklogs lanes = new LaneBacklogs(BOUNDS, shards, bodies);
    private final LaneBacklog one;
    private final LaneBacklog other;
    private long seq;

    LaneBacklogsTest() {
        own(IntStream.range(0, 64).boxed().collect(Collectors.toSet()));
        lanes.serve(List.of(new LaneRules(1, true, Integer.MAX_VALUE), new LaneRules(2, true, Integer.MAX_VALUE)));
        one = Objects.requireNonNull(lanes.of(1));
        other = Objects.requireNonNull(lanes.of(2));
        one.told(Room.open(4));
        other.told(Room.open(4));
    }

    @Test
    void whatWaitsIsTakenInOrderAsFarAsThereIsRoomAndHoldsItsKeyMeanwhile() {
        List<OwedDelivery> rows = waiting(one, 6);
        assertThat(one.look(row(99).key(1).build(), NOW)).isEqualTo(LaneBacklog.Look.PASS);

        assertThat(take(one, 4)).isEqualTo(rows.subList(0, 4));
        assertThat(take(one, 0)).isEmpty();
        assertThat(lanes.isTaken(rows.get(5))).isTrue();
        assertThat(lanes.inProgress().count()).isEqualTo(4);
        assertThat(lanes.readAhead().waiting()).isEqualTo(2);
        assertThat(lanes.takeDropped()).isEmpty();
    }

    @Test
    void whatHasNoBodyYetTakesRoomAndIsTakenWhenItHasArrived() {
        Waiting waiting = Objects.requireNonNull(lanes.place(one, row(1).build(), NOW));
        assertThat(take(one, 1)).isEmpty();
        OwedDelivery next = waiting(one, 1).getFirst();
        assertThat(take(one, 1)).as("there is room for one").isEmpty();
        waiting.arrived(fresh(waiting.row()));
        assertThat(lanes.arrived(waiting)).isTrue();
        assertThat(take(one, 2)).containsExactly(waiting.row(), next);
    }

    /** Else they would wait for as long as more becomes owed than the receiver takes. */
    @Test
    void aFullLaneReadsItsRetriesAllTheSame() {
        one.told(Room.open(0));
        assertThat(lanes.readAhead().readsDue(one)).isTrue();

        lanes.place(one, row(++seq).due(NOW).build(), NOW);
        assertThat(lanes.readAhead().readsDue(one))
                .as("those that were read go first")
                .isFalse();
    }

    @Test
    void theNextOfAKeyWaitsInMemoryAndFollows() {
        OwedDelivery first = row(1).key(7).build();
        OwedDelivery second = row(2).key(7).build();
        OwedDelivery third = row(3).key(7).build();
        assertThat(remember(first)).isEqualTo(LaneBacklog.Look.BEHIND);
        place(one, first);
        assertThat(take(one, 4)).containsExactly(first);
        assertThat(remember(second)).isEqualTo(LaneBacklog.Look.PASS);
        assertThat(remember(third)).isEqualTo(LaneBacklog.Look.PASS);
        assertThat(lanes.readAhead().waiting()).isEqualTo(2);
        assertThat(take(one, 4)).isEmpty();

        lanes.inProgress().answered(first);
        lanes.delivered(one, first, NOW);
        assertThat(take(one, 4)).as("before the first is written down").containsExactly(second);
        assertThat(written(first, true)).isEmpty();
        lanes.inProgress().answered(second);
        lanes.delivered(one, second, NOW);
        assertThat(take(one, 4)).containsExactly(third);
        assertThat(lanes.readAhead().waiting()).isZero();
        assertThat(lanes.takeDropped()).isEmpty();
    }

    /** The last two may come between the answer and its being written down. */
    @Test
    void whatWaitsBehindARowThatIsNotDeliveredIsLookedUpAfterIt() {
        OwedDelivery first = row(1).key(7).build();
        OwedDelivery second = row(2).key(7).build();
        place(one, first);
        take(one, 4);
        one.forgetBehind(first); // its answer
        remember(second);

        assertThat(written(first, true)).containsExactly(new LaneKey(1, 7));
        assertThat(lanes.takeDropped()).containsExactly(second);
        assertThat(lanes.readAhead().waiting()).isZero();

        OwedDelivery failed = row(3).key(8).build();
        place(one, failed);
        take(one, 4);
        remember(row(4).key(8).build());
        assertThat(written(failed, false))
                .as("its retry is behind a time, and what follows behind it")
                .isEmpty();
        assertThat(take(one, 4)).isEmpty();
    }

    @Test
    void whatIsLookedUpTakesThePlaceOfWhatWasRemembered() {
        OwedDelivery first = row(1).key(7).build();
        KeyQueue run = new KeyQueue(
                1, 7, List.of(first, row(2).key(7).build(), row(3).key(7).build()));
        lanes.follow(one, one.ahead, first, NOW);
        lanes.started(one, run, NOW);
        assertThat(lanes.readAhead().waiting()).isEqualTo(3);
        lanes.started(one, run, NOW);
        assertThat(lanes.readAhead().waiting()).isEqualTo(3);
        lanes.readAgain(one);
        assertThat(lanes.readAhead().waiting()).isZero();
    }

    @Test
    void whatWaitsIsReadAgainWhenItsLaneIsParkedOrItHasWaitedTooLong() {
        List<OwedDelivery> ofParked = waiting(one, 2);
        List<OwedDelivery> old = waiting(other, 2);
        one.told(Room.PARKED);
        other.told(Room.open(1));

        assertThat(lanes.take(one, NOW.plusSeconds(2))).isEmpty();
        assertThat(lanes.take(other, NOW.plusSeconds(2))).isEmpty();

        List<OwedDelivery> all = new ArrayList<>(ofParked);
        all.addAll(old);
        assertThat(lanes.takeDropped()).containsExactlyElementsOf(all);
        assertThat(all).noneMatch(lanes::isTaken);
        assertThat(one.cursor.hasUnread()).isTrue();
        assertThat(one.look(row(99).key(1).build(), NOW)).isEqualTo(LaneBacklog.Look.START);
    }

    @Test
    void aRetryByHandIsTakenAlthoughItsLaneIsParked() {
        one.told(Room.parked(true));
        OwedDelivery renewed = row(1).key(7).build();
        assertThat(one.takesRenewed()).isTrue();
        lanes.follow(one, one.renewed, renewed, NOW);
        assertThat(one.takesRenewed()).as("one at a time").isFalse();
        assertThat(take(one)).as("its body is not here").isEmpty();

        one.told(Room.PARKED);
        assertThat(take(one)).isEmpty();
        assertThat(lanes.takeDropped()).as("no more").containsExactly(renewed);
    }

    /** Else the packed row that it lies in would be taken apart. */
    @Test
    void whatIsGivenBackAndTakenAgainBeforeAnybodyAskedIsNotGivenBack() {
        List<OwedDelivery> rows = waiting(one, 2);
        lanes.readAgain(one);
        place(one, rows.getFirst());
        assertThat(lanes.takeDropped()).containsExactly(rows.getLast());
    }

    @Test
    void whatWaitsIsGivenUpWithItsShard() {
        List<OwedDelivery> rows = waiting(one, 2);
        own(Set.of());
        assertThat(lanes.takeDropped()).containsExactlyElementsOf(rows);
        assertThat(lanes.all()).isEmpty();
    }

    @Test
    void whatIsReleasedIsReadAgain() {
        List<OwedDelivery> rows = waiting(one, 1);
        take(one, 1);
        lanes.released(rows.getFirst());
        assertThat(lanes.inProgress().count()).isZero();
        assertThat(lanes.isTaken(rows.getFirst())).isFalse();
        assertThat(one.cursor.hasUnread()).isTrue();
    }

    /** Outcomes that the store does not take wait in memory: their number has an end, and the sending with it. */
    @Test
    void nothingIsTakenWhileThousandsOfOutcomesWaitToBeWritten() {
        List<OwedDelivery> answered = new ArrayList<>();
        while (answered.size() < 10_000) {
            place(one, row(++seq).build());
            List<OwedDelivery> taken = take(one, 1);
            if (taken.isEmpty()) {
                break;
            }
            lanes.inProgress().answered(taken.getFirst());
            answered.addAll(taken);
        }
        assertThat(answered).hasSize(4096);
        assertThat(lanes.readAhead().readsReady(other, NOW))
                .as("it is read ahead")
                .isTrue();
        answered.subList(0, 10).forEach(row -> lanes.inProgress().end(row, true));
        assertThat(take(one, 1)).hasSize(1);
    }

    private void own(Set<Integer> owned) {
        shards.hold(new Holding(new Term(1, 1), 1, owned, Set.of()));
        lanes.shardsChanged();
    }

    private static OwedReads noReads() {
        return (OwedReads) Proxy.newProxyInstance(
                OwedReads.class.getClassLoader(), new Class<?>[] {OwedReads.class}, (proxy, method, arguments) -> {
                    throw new AssertionError("nothing is read: " + method.getName());
                });
    }

    private Set<LaneKey> written(OwedDelivery row, boolean isFinal) {
        lanes.inProgress().end(row, true);
        return one.settled(row, isFinal);
    }

    private LaneBacklog.Look remember(OwedDelivery row) {
        Waiting waiting = new Waiting(row, NOW);
        bodies.keep(waiting, fresh(row));
        return lanes.lookBehind(one, waiting);
    }

    private List<OwedDelivery> take(LaneBacklog lane, int room) {
        lane.told(Room.open(room));
        return take(lane);
    }

    private List<OwedDelivery> take(LaneBacklog lane) {
        return lanes.take(lane, NOW).stream().map(Ready::delivery).toList();
    }

    private void place(LaneBacklog lane, OwedDelivery row) {
        Waiting waiting = Objects.requireNonNull(lanes.place(lane, row, NOW));
        bodies.keep(waiting, fresh(row));
    }

    /** With keys from 1. */
    private List<OwedDelivery> waiting(LaneBacklog lane, int count) {
        List<OwedDelivery> rows = new ArrayList<>();
        for (int key = 1; key <= count; key++) {
            OwedDelivery next = row(++seq).lane(lane.number).key(key).build();
            place(lane, next);
            rows.add(next);
        }
        return rows;
    }
}
