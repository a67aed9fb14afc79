package nexus.dispatch;

import static nexus.dispatch.OwedRow.row;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import nexus.queue.owed.KeyRun;
import nexus.queue.owed.OwedDelivery;
import nexus.queue.owed.OwedQueue.LaneKey;
import nexus.subscription.EndpointHealth;
import nexus.subscription.Subscription;
import nexus.subscription.Subscriptions;
import nexus.testkit.Configs;
import nexus.testkit.TestSubscription;
import org.junit.jupiter.api.Test;

/** What a lane admits, by its window, its rate, its breaker and what the other lanes leave. */
class LaneTest {
    private static final Instant NOW = Instant.parse("2026-01-31T18:20:43Z");

    private final DeliveryConfig config = Configs.of(DeliveryConfig.class);
    private long seq;

    @Test
    void theWindowStartsAtFourDoublesWithEveryDeliveryAndHalvesWithEveryTimeout() {
        Lane lane = lane(1, 32, Optional.empty());
        List<Integer> rooms = new ArrayList<>(List.of(lane.room(NOW)));
        for (int i = 0; i < 4; i++) {
            answer(lane, Lane.Pace.FASTER);
            rooms.add(lane.room(NOW));
        }
        for (int i = 0; i < 6; i++) {
            answer(lane, Lane.Pace.SLOWER);
            rooms.add(lane.room(NOW));
        }
        assertThat(rooms).containsExactly(4, 8, 16, 32, 32, 16, 8, 4, 2, 1, 1);
    }

    @Test
    void aRateIsNoMoreRoomThanItHasTokensAndWakesTheLaneWhenTheNextIsDue() {
        Lane lane = lane(1, 32, Optional.of(1));
        assertThat(lane.room(NOW)).isEqualTo(1);
        start(lane);
        assertThat(lane.room(NOW)).isZero();
        assertThat(lane.takesFollower(NOW)).isFalse();
        assertThat(lane.nextWake(NOW)).isEqualTo(NOW.plusSeconds(1));
        assertThat(lane.takesFollower(NOW.plusSeconds(1))).isTrue();
    }

    @Test
    void whatWasNotSentGivesItsTokenBack() {
        Lane lane = lane(1, 32, Optional.of(1));
        OwedDelivery row = start(lane);
        lane.giveBack(row, NOW);
        assertThat(lane.room(NOW)).isEqualTo(1);
    }

    @Test
    void behindAnOpenBreakerNothingGoesUntilOneProbe() {
        Lane lane = opened(lane(1, 32, Optional.empty()));
        Instant probeAt = NOW.plusSeconds(5);
        assertThat(lane.isParked(NOW)).isTrue();
        assertThat(lane.room(NOW)).isZero();
        assertThat(lane.nextWake(NOW)).isEqualTo(probeAt);

        assertThat(lane.isParked(probeAt)).isFalse();
        assertThat(lane.room(probeAt)).isEqualTo(1);
        OwedDelivery probe = start(lane, probeAt);
        assertThat(lane.maySend(probe, probeAt)).isTrue();
        assertThat(lane.isParked(probeAt)).as("one probe at a time").isTrue();
        assertThat(lane.nextWake(probeAt)).as("its answer wakes the lane").isNull();

        lane.heard(probe, Verdict.DELIVERED, probeAt, probeAt.plusMillis(50));
        lane.answered(probe, Lane.Pace.FASTER);
        assertThat(lane.isParked(probeAt)).isFalse();
        assertThat(lane.room(probeAt)).as("it starts again slowly").isEqualTo(2);
    }

    @Test
    void aProbeThatIsNotSentLeavesItsPlaceToAnother() {
        Lane lane = opened(lane(1, 32, Optional.empty()));
        Instant probeAt = NOW.plusSeconds(5);
        lane.giveBack(start(lane, probeAt), probeAt);
        assertThat(lane.room(probeAt)).isEqualTo(1);
    }

    @Test
    void aRetryByHandGoesPastAnOpenBreakerOneAtATime() {
        Lane lane = opened(lane(1, 32, Optional.empty()));
        assertThat(lane.takesRenewed(NOW)).isTrue();
        OwedDelivery renewed = start(lane, NOW);
        assertThat(lane.maySend(renewed, NOW)).isTrue();
        assertThat(lane.takesRenewed(NOW)).isFalse();
        assertThat(lane.room(NOW.plusSeconds(5)))
                .as("the probe does not wait for it")
                .isEqualTo(1);
        lane.heard(renewed, Verdict.FAILED, NOW, NOW.plusSeconds(1));
        lane.answered(renewed, Lane.Pace.SAME);
        assertThat(lane.takesRenewed(NOW.plusSeconds(1))).isTrue();
        assertThat(lane.breakerOpened().orElseThrow().nextProbeAt()).isEqualTo(NOW.plusSeconds(5));
    }

    @Test
    void whatWasStartedBeforeTheBreakerOpenedAndNotSentIsGivenBack() {
        Lane lane = lane(1, 32, Optional.empty());
        OwedDelivery waiting = start(lane);
        opened(lane);
        assertThat(lane.maySend(waiting, NOW)).isFalse();
    }

    @Test
    void afterARetryAfterOneDeliveryGoesFirst() {
        Lane lane = lane(1, 32, Optional.empty());
        lane.hold(NOW.plusSeconds(60));
        assertThat(lane.isParked(NOW)).isTrue();
        assertThat(lane.nextWake(NOW)).isEqualTo(NOW.plusSeconds(60));
        assertThat(lane.isParked(NOW.plusSeconds(60))).isFalse();
        assertThat(lane.room(NOW.plusSeconds(60))).isEqualTo(1);
    }

    @Test
    void anotherEndpointStartsAnew() {
        Lane lane = opened(lane(1, 32, Optional.empty()));
        lane.update(subscription(1, 32, Optional.empty(), "http://127.0.0.1:9/new"));
        assertThat(lane.isParked(NOW)).isFalse();
    }

    @Test
    void whatTheStoreKnowsOfTheBreakerGoesOn() {
        Lane lane = new Lane(
                TestSubscription.ofLane(1)
                        .health(new EndpointHealth(
                                Optional.of(new EndpointHealth.Opened(NOW, NOW.plusSeconds(40), 3)), Optional.empty()))
                        .build(),
                config,
                forgotten -> {});
        assertThat(lane.isParked(NOW.plusSeconds(39))).isTrue();
        assertThat(lane.room(NOW.plusSeconds(40))).isEqualTo(1);
    }

    /** All slots with 32 each, if nothing but the window and the lane's own limit counted. */
    @Test
    void eightBlackHolesLeaveSlotsForTheOthers() {
        Lanes lanes = owned(new Lanes(config));
        List<Subscription> all = new ArrayList<>();
        for (int number = 1; number <= 20; number++) {
            all.add(subscription(number, 32, Optional.empty(), "http://127.0.0.1:9/" + number));
        }
        lanes.adopt(new Subscriptions(1, all));
        List<Lane> holes =
                all.subList(0, 8).stream().map(one -> laneOf(lanes, one.lane())).toList();
        holes.forEach(hole -> {
            for (int i = 0; i < 3; i++) {
                answer(hole, Lane.Pace.FASTER); // they were fine before
            }
        });
        for (int turn = 0; turn < 50; turn++) {
            holes.forEach(hole -> fill(lanes, hole));
        }
        assertThat(lanes.underWay()).isLessThanOrEqualTo(240);

        Lane healthy = laneOf(lanes, 9);
        assertThat(lanes.room(healthy, NOW)).isEqualTo(4);
        for (int number = 9; number <= 12; number++) {
            Lane lane = laneOf(lanes, number);
            assertThat(lanes.room(lane, NOW)).as("lane " + number).isPositive();
            fill(lanes, lane);
        }
    }

    /** Endpoints that never answered have shown nothing, and get no more than a first few. */
    @Test
    void endpointsThatHangFromTheStartHoldFourSlotsEachAndThenOne() {
        Lanes lanes = owned(new Lanes(config));
        lanes.adopt(new Subscriptions(1, List.of(subscription(1, 32, Optional.empty(), "http://127.0.0.1:9/"))));
        Lane lane = laneOf(lanes, 1);
        List<OwedDelivery> hanging = fill(lanes, lane);
        assertThat(hanging).hasSize(4);
        hanging.forEach(row -> {
            lane.answered(row, Lane.Pace.SLOWER);
            lanes.ended(row);
        });
        assertThat(fill(lanes, lane)).hasSize(1);
    }

    /** Else they would wait for as long as more becomes owed than the receiver takes. */
    @Test
    void aFullLaneReadsItsRetriesAllTheSame() {
        Lanes lanes = oneLane();
        Lane lane = laneOf(lanes, 1);
        fill(lanes, lane);
        assertThat(lanes.room(lane, NOW)).isZero();
        assertThat(lanes.readsDue(lane, NOW)).isTrue();

        lanes.waitForRoom(lane, row(++seq).lane(1).due(NOW).attempts(1).build(), NOW);
        assertThat(lanes.readsDue(lane, NOW))
                .as("those that were read go first")
                .isFalse();
    }

    @Test
    void theNextOfAKeyWaitsInMemoryAndFollows() {
        Lanes lanes = oneLane();
        Lane lane = laneOf(lanes, 1);
        OwedDelivery first = row(1).lane(1).key(7).build();
        OwedDelivery second = row(2).lane(1).key(7).build();
        OwedDelivery third = row(3).lane(1).key(7).build();
        assertThat(lanes.lookBehind(lane, first, NOW)).isEqualTo(Lane.Look.BEHIND);
        lanes.start(lane, first, false, NOW);
        assertThat(lanes.lookBehind(lane, second, NOW)).isEqualTo(Lane.Look.PASS);
        assertThat(lanes.lookBehind(lane, third, NOW)).isEqualTo(Lane.Look.PASS);
        assertThat(lanes.ahead()).isEqualTo(2);

        lane.delivered(first);
        assertThat(lanes.follower(lane, first, NOW)).isEqualTo(new KeyChains.Follower(second, true));
        lanes.start(lane, second, false, NOW);
        assertThat(lane.settled(first, true)).isEmpty();
        lane.delivered(second);
        assertThat(lanes.follower(lane, second, NOW)).isEqualTo(new KeyChains.Follower(third, true));
        assertThat(lanes.ahead()).isZero();
        assertThat(lanes.takeDropped()).isEmpty();
    }

    /** The last two may come between the answer and its being written down. */
    @Test
    void whatWaitsBehindARowThatIsNotDeliveredIsLookedUpAfterIt() {
        Lanes lanes = oneLane();
        Lane lane = laneOf(lanes, 1);
        OwedDelivery first = row(1).lane(1).key(7).build();
        OwedDelivery second = row(2).lane(1).key(7).build();
        lanes.start(lane, first, false, NOW);
        lane.forgetBehind(first); // its answer
        lanes.lookBehind(lane, second, NOW);

        assertThat(lane.settled(first, true)).containsExactly(new LaneKey(1, 7));
        assertThat(lanes.takeDropped()).containsExactly(second);
        assertThat(lanes.ahead()).isZero();

        OwedDelivery failed = row(3).lane(1).key(8).build();
        OwedDelivery behind = row(4).lane(1).key(8).build();
        lanes.start(lane, failed, false, NOW);
        lanes.lookBehind(lane, behind, NOW);
        assertThat(lane.settled(failed, false))
                .as("its retry is behind a time, and what follows behind it")
                .isEmpty();
        assertThat(lanes.follower(lane, failed, NOW)).isNull();
    }

    @Test
    void whatIsLookedUpTakesThePlaceOfWhatWasRemembered() {
        Lanes lanes = oneLane();
        Lane lane = laneOf(lanes, 1);
        OwedDelivery first = row(1).lane(1).key(7).build();
        KeyRun run = new KeyRun(
                1,
                7,
                List.of(
                        first,
                        row(2).lane(1).key(7).build(),
                        row(3).lane(1).key(7).build()));
        lanes.start(lane, first, true, NOW);
        lanes.runStarted(lane, run, NOW);
        assertThat(lanes.ahead()).isEqualTo(2);
        lanes.runStarted(lane, run, NOW);
        assertThat(lanes.ahead()).isEqualTo(2);
        lanes.readAgain(lane);
        assertThat(lanes.ahead()).isZero();
    }

    private Lanes oneLane() {
        Lanes lanes = owned(new Lanes(config));
        lanes.adopt(new Subscriptions(1, List.of(subscription(1, 32, Optional.empty(), "http://127.0.0.1:9/"))));
        return lanes;
    }

    @Test
    void keysThatAreBeingLookedUpTakePlaces() {
        Lanes lanes = owned(new Lanes(Configs.of(DeliveryConfig.class, "nexus.delivery.concurrency=4")));
        lanes.adopt(new Subscriptions(
                1,
                List.of(
                        subscription(1, 32, Optional.empty(), "http://127.0.0.1:9/1"),
                        subscription(2, 32, Optional.empty(), "http://127.0.0.1:9/2"))));
        lanes.reserve(Set.of(new LaneKey(1, 1), new LaneKey(1, 2)));
        assertThat(lanes.room(laneOf(lanes, 1), NOW)).isZero();
        assertThat(lanes.room(laneOf(lanes, 2), NOW)).isEqualTo(1);
    }

    @Test
    void whatWaitsForRoomBeginsInTurnsOverTheLanesAndHoldsItsKeyMeanwhile() {
        Lanes lanes = ofTwo();
        Lane one = laneOf(lanes, 1);
        Lane other = laneOf(lanes, 2);
        List<OwedDelivery> ofOne = waiting(lanes, one, 6);
        List<OwedDelivery> ofOther = waiting(lanes, other, 3);
        assertThat(one.look(row(99).key(1).build(), NOW)).isEqualTo(Lane.Look.PASS);

        List<OwedDelivery> begun = lanes.beginWaiting(NOW);

        assertThat(begun)
                .containsExactly(
                        ofOne.get(0),
                        ofOther.get(0),
                        ofOne.get(1),
                        ofOther.get(1),
                        ofOne.get(2),
                        ofOther.get(2),
                        ofOne.get(3));
        assertThat(lanes.isTaken(ofOne.get(5))).isTrue();
        assertThat(lanes.takeDropped()).isEmpty();
    }

    @Test
    void whatWaitsForRoomIsReadAgainWhenItsLaneIsParkedOrItHasWaitedTooLong() {
        Lanes lanes = ofTwo();
        Lane held = laneOf(lanes, 1);
        List<OwedDelivery> ofHeld = waiting(lanes, held, 2);
        List<OwedDelivery> old = waiting(lanes, laneOf(lanes, 2), 2);
        held.hold(NOW.plusSeconds(60));

        assertThat(lanes.beginWaiting(NOW.plusSeconds(2))).isEmpty();

        List<OwedDelivery> all = new ArrayList<>(ofHeld);
        all.addAll(old);
        assertThat(lanes.takeDropped()).containsExactlyElementsOf(all);
        assertThat(all).noneMatch(lanes::isTaken);
        assertThat(held.cursor.hasUnread()).isTrue();
        assertThat(held.look(row(99).key(1).build(), NOW)).isEqualTo(Lane.Look.START);
    }

    /** Else the body that its request waits for would be thrown away, and the request never made. */
    @Test
    void whatIsGivenBackAndTakenAgainBeforeAnybodyAskedIsNotGivenBack() {
        Lanes lanes = ofTwo();
        Lane lane = laneOf(lanes, 1);
        List<OwedDelivery> rows = waiting(lanes, lane, 2);
        lanes.readAgain(lane);
        lanes.start(lane, rows.getFirst(), false, NOW);
        assertThat(lanes.takeDropped()).containsExactly(rows.getLast());
    }

    @Test
    void whatWaitsForRoomIsGivenUpWithItsShard() {
        Lanes lanes = ofTwo();
        List<OwedDelivery> rows = waiting(lanes, laneOf(lanes, 1), 2);
        lanes.own(Set.of(), Set.of());
        assertThat(lanes.takeDropped()).containsExactlyElementsOf(rows);
        assertThat(lanes.beginWaiting(NOW)).isEmpty();
    }

    /** Outcomes that the store does not take wait in memory: their number has an end, and the sending with it. */
    @Test
    void nothingStartsWhileThousandsOfOutcomesWaitToBeWritten() {
        Lanes lanes = ofTwo();
        Lane lane = laneOf(lanes, 1);
        List<OwedDelivery> answered = new ArrayList<>();
        while (lanes.room(lane, NOW) > 0 && answered.size() < 10_000) {
            OwedDelivery row = row(++seq).lane(1).build();
            lanes.start(lane, row, false, NOW);
            lane.answered(row, Lane.Pace.FASTER);
            lanes.answered(row);
            answered.add(row);
        }
        assertThat(answered).hasSize(4096);
        assertThat(lanes.hasRoom()).isFalse();
        answered.subList(0, 10).forEach(lanes::ended);
        assertThat(lanes.room(lane, NOW)).isPositive();
    }

    private Lanes ofTwo() {
        Lanes lanes = owned(new Lanes(config));
        lanes.adopt(new Subscriptions(
                1,
                List.of(
                        subscription(1, 32, Optional.empty(), "http://127.0.0.1:9/1"),
                        subscription(2, 32, Optional.empty(), "http://127.0.0.1:9/2"))));
        return lanes;
    }

    /** With keys from 1. */
    private List<OwedDelivery> waiting(Lanes lanes, Lane lane, int count) {
        List<OwedDelivery> rows = new ArrayList<>();
        for (int key = 1; key <= count; key++) {
            OwedDelivery next = row(++seq).lane(lane.number).key(key).build();
            lanes.waitForRoom(lane, next, NOW);
            rows.add(next);
        }
        return rows;
    }

    private static Lane laneOf(Lanes lanes, int number) {
        Lane lane = lanes.of(number);
        if (lane == null) {
            throw new AssertionError("no lane " + number);
        }
        return lane;
    }

    private List<OwedDelivery> fill(Lanes lanes, Lane lane) {
        List<OwedDelivery> started = new ArrayList<>();
        while (lanes.room(lane, NOW) > 0) {
            OwedDelivery next = row(++seq).lane(lane.number).build();
            lanes.start(lane, next, false, NOW);
            started.add(next);
        }
        return started;
    }

    private Lane opened(Lane lane) {
        for (int i = 0; i < 10; i++) {
            OwedDelivery row = start(lane, NOW.minusMillis(1));
            lane.heard(row, Verdict.FAILED, NOW.minusMillis(1), NOW);
            lane.answered(row, Lane.Pace.SAME);
        }
        return lane;
    }

    private void answer(Lane lane, Lane.Pace pace) {
        lane.answered(start(lane), pace);
    }

    private OwedDelivery start(Lane lane) {
        return start(lane, NOW);
    }

    private OwedDelivery start(Lane lane, Instant now) {
        OwedDelivery row = row(++seq).build();
        lane.claim(row, false);
        lane.begin(row, now);
        return row;
    }

    private Lane lane(int number, int concurrency, Optional<Integer> rateLimit) {
        return new Lane(
                subscription(number, concurrency, rateLimit, "http://127.0.0.1:9/hook"), config, forgotten -> {});
    }

    private static Subscription subscription(int number, int concurrency, Optional<Integer> rateLimit, String url) {
        return TestSubscription.ofLane(number)
                .concurrency(concurrency)
                .rateLimit(rateLimit)
                .endpoint(url)
                .build();
    }

    /** By one process alone. */
    private static Lanes owned(Lanes lanes) {
        lanes.own(IntStream.range(0, 64).boxed().collect(Collectors.toSet()), Set.of());
        return lanes;
    }
}
