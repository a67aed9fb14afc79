package nexus.dispatch.lane;

import static nexus.queue.owed.OwedRow.fresh;
import static nexus.queue.owed.OwedRow.row;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import nexus.dispatch.outcome.DeliveryConfig;
import nexus.dispatch.outcome.Reply;
import nexus.queue.backlog.Room;
import nexus.queue.owed.OwedDelivery;
import nexus.queue.owed.Ready;
import nexus.queue.settle.Outcome;
import nexus.subscription.EndpointHealth;
import nexus.subscription.Mode;
import nexus.subscription.Pauses;
import nexus.subscription.Subscription;
import nexus.subscription.SubscriptionState;
import nexus.target.Answer;
import nexus.target.SendResult;
import nexus.target.SendResult.Extent;
import nexus.testkit.Configs;
import nexus.testkit.TestSubscription;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a lane does about what happens to it, by its window, its rate, its breaker and its streak of failures. */
class LaneStateTest {
    private static final Instant NOW = Instant.parse("2026-01-31T18:20:43Z");
    private static final Duration TOOK = Duration.ofMillis(5);
    private static final SendResult DELIVERED = new SendResult.Delivered(new Answer(200, ""), TOOK);
    private static final SendResult TIMED_OUT = new SendResult.TimedOut("connecting", TOOK);
    private static final SendResult UNREACHABLE = new SendResult.Unreachable("refused", TOOK);

    private final DeliveryConfig config =
            Configs.of(DeliveryConfig.class, "nexus.delivery.max-age=100000d", "nexus.delivery.disable-after=1h");
    private long seq;

    @Test
    void theWindowStartsAtFourDoublesWithEveryDeliveryAndHalvesWithEveryTimeout() {
        LaneState lane = lane(32, Optional.empty());
        List<Integer> rooms = new ArrayList<>(List.of(requests(lane, NOW)));
        for (int i = 0; i < 4; i++) {
            answer(lane, start(lane, NOW), DELIVERED, NOW);
            rooms.add(requests(lane, NOW));
        }
        for (int i = 0; i < 6; i++) {
            answer(lane, start(lane, NOW), TIMED_OUT, NOW);
            rooms.add(requests(lane, NOW));
        }
        assertThat(rooms).containsExactly(4, 8, 16, 32, 32, 16, 8, 4, 2, 1, 1);
    }

    @Test
    void aRateIsNoMoreRoomThanItHasTokensAndWakesTheLaneWhenTheNextIsDue() {
        LaneState lane = lane(32, Optional.of(1));
        assertThat(requests(lane, NOW)).isEqualTo(1);
        start(lane, NOW);
        assertThat(lane.room(NOW)).isEqualTo(Room.open(0));
        assertThat(lane.on(Input.Tick.NOW, NOW)).containsExactly(new Step.WakeAt(NOW.plusSeconds(1)));
        assertThat(requests(lane, NOW.plusSeconds(1))).isEqualTo(1);
    }

    @Test
    void behindAnOpenBreakerNothingGoesUntilOneProbe() {
        LaneState lane = opened(lane(32, Optional.empty()));
        Instant probeAt = NOW.plusSeconds(5);
        assertThat(lane.room(NOW)).isEqualTo(Room.parked(true));
        assertThat(lane.on(Input.Tick.NOW, NOW)).containsExactly(new Step.WakeAt(probeAt));

        assertThat(lane.room(probeAt)).isEqualTo(Room.open(1));
        Ready probe = start(lane, probeAt);
        assertThat(lane.room(probeAt).isOpen()).as("one probe at a time").isFalse();
        assertThat(lane.on(Input.Tick.NOW, probeAt))
                .as("its answer wakes the lane")
                .isEmpty();

        List<Step> steps = lane.on(answered(lane, probe, DELIVERED, probeAt), probeAt.plusMillis(50));
        assertThat(steps.stream().map(Step::getClass).toList())
                .isEqualTo(List.of(Step.RecordHealth.class, Step.TellBreaker.class, Step.Write.class));
        assertThat(lane.room(probeAt)).as("it starts again slowly").isEqualTo(Room.open(2));
    }

    @Test
    void aProbeThatFailsDoublesTheWait() {
        LaneState lane = opened(lane(32, Optional.empty()));
        Instant probeAt = NOW.plusSeconds(5);
        answer(lane, start(lane, probeAt), UNREACHABLE, probeAt);
        assertThat(lane.on(Input.Tick.NOW, probeAt)).containsExactly(new Step.WakeAt(probeAt.plusSeconds(10)));
    }

    @Test
    void aRetryByHandGoesPastAnOpenBreakerOneAtATime() {
        LaneState lane = opened(lane(32, Optional.empty()));
        assertThat(lane.room(NOW)).isEqualTo(Room.parked(true));
        Ready renewed = start(lane, NOW);
        assertThat(lane.room(NOW)).isEqualTo(Room.PARKED);
        assertThat(lane.room(NOW.plusSeconds(5)))
                .as("the probe does not wait for it")
                .isEqualTo(Room.open(1));
        answer(lane, renewed, UNREACHABLE, NOW.plusSeconds(1));
        assertThat(lane.room(NOW.plusSeconds(1))).isEqualTo(Room.parked(true));
        assertThat(lane.on(Input.Tick.NOW, NOW.plusSeconds(1)))
                .as("it says nothing of the probe")
                .containsExactly(new Step.WakeAt(NOW.plusSeconds(5)));
    }

    @Test
    void whatIsTakenAfterTheBreakerOpenedIsGivenBack() {
        LaneState lane = opened(lane(32, Optional.empty()));
        start(lane, NOW); // the one that may go past it
        Ready next = next();
        assertThat(lane.on(new Input.Arrived(List.of(next)), NOW)).containsExactly(new Step.GiveBack(next));
    }

    @Test
    void afterARetryAfterOneDeliveryGoesFirst() {
        LaneState lane = lane(32, Optional.empty());
        Instant until = NOW.plusSeconds(60);
        Ready ready = start(lane, NOW);
        SendResult asksForRest = refused(new Extent.AllForNow(Optional.of(Duration.ofSeconds(60))));
        assertThat(lane.on(answered(lane, ready, asksForRest, NOW), NOW))
                .contains(new Step.BackOff(until))
                .last()
                .isInstanceOfSatisfying(
                        Step.Write.class, write -> assertThat(write.outcome()).isInstanceOf(Outcome.Again.class));
        assertThat(lane.room(NOW)).isEqualTo(Room.PARKED);
        assertThat(lane.on(Input.Tick.NOW, NOW)).containsExactly(new Step.WakeAt(until));
        assertThat(lane.room(until)).isEqualTo(Room.open(1));
    }

    @Test
    void aHoldEndsWhenTheClockJumpsBackSinceItWouldBecomeLonger() {
        LaneState lane = lane(32, Optional.empty());
        SendResult asksForRest = refused(new Extent.AllForNow(Optional.of(Duration.ofSeconds(60))));
        answer(lane, start(lane, NOW), asksForRest, NOW);
        Instant back = NOW.minus(Duration.ofHours(1));
        assertThat(lane.room(back).isOpen()).isTrue();

        answer(lane, start(lane, back), asksForRest, back);
        assertThat(lane.room(back.plusSeconds(59))).isEqualTo(Room.PARKED);
        assertThat(lane.room(back.plusSeconds(60)).isOpen()).isTrue();
    }

    @Test
    void aStoredHoldOfMoreThanADayIsThatOfAWrongClock() {
        LaneState day = new LaneState(
                TestSubscription.ofLane(1)
                        .heldUntil(NOW.plus(Duration.ofHours(24)))
                        .build(),
                config,
                () -> 0);
        LaneState year = new LaneState(
                TestSubscription.ofLane(1)
                        .heldUntil(NOW.plus(Duration.ofDays(365)))
                        .build(),
                config,
                () -> 0);
        assertThat(day.room(NOW)).isEqualTo(Room.PARKED);
        assertThat(year.room(NOW).isOpen()).isTrue();
    }

    @Test
    void theFailureIsPartOfTheHealthThatIsStoredAndStaysWhenTheEndpointChanges() {
        LaneState lane = opened(lane(32, Optional.empty()));
        EndpointHealth stored = lane.healthToStore(NOW);
        assertThat(stored.alert().orElseThrow().isFailing()).isTrue();
        assertThat(lane.isAnnouncementDue()).isTrue();

        Subscription moved = TestSubscription.ofLane(1)
                .endpoint("http://127.0.0.1:9/new")
                .health(new EndpointHealth(Optional.empty(), Optional.empty(), stored.alert()))
                .build();
        assertThat(lane.on(new Input.Changed(moved), NOW))
                .containsExactly(new Step.LookAgain(), new Step.RecordHealth());
        assertThat(lane.on(answered(lane, start(lane, NOW), DELIVERED, NOW), NOW))
                .as("the first delivery is the recovery")
                .contains(new Step.RecordHealth());
        assertThat(lane.healthToStore(NOW).alert().orElseThrow().isFailing()).isFalse();
    }

    @Test
    void anotherEndpointStartsAnew() {
        LaneState lane = opened(lane(32, Optional.empty()));
        Subscription moved = subscription(32, Optional.empty(), "http://127.0.0.1:9/new");
        assertThat(lane.on(new Input.Changed(moved), NOW)).containsExactly(new Step.LookAgain());
        assertThat(lane.room(NOW).isOpen()).isTrue();
        assertThat(lane.on(new Input.Changed(moved), NOW)).as("nothing new").isEmpty();
    }

    @Test
    void aPausedLaneSendsNothingAndStartsSlowlyWhenItIsActiveAgain() {
        LaneState lane = opened(lane(32, Optional.empty()));
        Subscription active = lane.subscription();
        Instant later = NOW.plusSeconds(5);
        assertThat(lane.on(new Input.Changed(active.with(TestSubscription.state(Mode.PAUSED, NOW))), NOW))
                .isEmpty();
        Ready waiting = fresh(row(1).build());
        assertThat(lane.room(later)).as("not even a probe").isEqualTo(Room.PARKED);
        assertThat(lane.on(Input.Tick.NOW, later)).isEmpty();
        assertThat(lane.on(new Input.Arrived(List.of(waiting)), later)).containsExactly(new Step.GiveBack(waiting));
        assertThat(lane.on(new Input.Changed(active.with(TestSubscription.state(Mode.DISABLED, NOW))), later))
                .as("still nothing is sent")
                .isEmpty();
        assertThat(lane.on(new Input.Changed(active.with(TestSubscription.state(Mode.ACTIVE, NOW))), later))
                .containsExactly(new Step.LookAgain());
        assertThat(lane.room(later)).as("the breaker is forgotten").isEqualTo(Room.open(1));
        answer(lane, start(lane, later), DELIVERED, later);
        assertThat(lane.room(later)).isEqualTo(Room.open(2));
    }

    @Test
    void timeThatWasPausedMakesNoDeliveryTooOld() {
        Instant owedSince = NOW.minus(Duration.ofDays(9));
        Pauses pauses = Pauses.NONE.begun(owedSince.plusSeconds(60)).ended(NOW.minusSeconds(60));
        Subscription resumed = subscription(32, Optional.empty(), "http://127.0.0.1:9/hook");
        resumed = resumed.with(
                new SubscriptionState(Mode.ACTIVE, Optional.empty(), pauses, Optional.empty(), EndpointHealth.GOOD));
        LaneState lane = new LaneState(resumed, Configs.of(DeliveryConfig.class, "nexus.delivery.max-age=2m"), () -> 0);
        Ready owed = fresh(row(1).owedSince(owedSince).build());
        assertThat(lane.on(new Input.Arrived(List.of(owed)), NOW)).hasOnlyElementsOfType(Step.Send.class);
        Ready second = fresh(row(2).owedSince(owedSince).build());
        assertThat(lane.on(new Input.Arrived(List.of(second)), NOW.plusSeconds(1)))
                .as("one second later it has aged for more than two minutes")
                .hasOnlyElementsOfType(Step.Write.class);
    }

    @Test
    void whatAFormerEndpointAnswersSaysNothingOfTheNewOne() {
        LaneState lane = lane(32, Optional.empty());
        Ready ready = start(lane, NOW);
        Input answer = answered(lane, ready, refused(new Extent.AllForGood("it is gone")), NOW);
        lane.on(new Input.Changed(subscription(32, Optional.empty(), "http://127.0.0.1:9/new")), NOW);
        assertThat(lane.on(answer, NOW)).hasOnlyElementsOfType(Step.Write.class);
        assertThat(lane.room(NOW).isOpen()).isTrue();
    }

    @Test
    void whatTheStoreKnowsOfTheBreakerGoesOn() {
        LaneState lane = new LaneState(
                TestSubscription.ofLane(1)
                        .health(new EndpointHealth(
                                Optional.of(new EndpointHealth.Opened(NOW, NOW.plusSeconds(40), 3)), Optional.empty()))
                        .build(),
                config,
                () -> 0);
        assertThat(lane.room(NOW.plusSeconds(39)).isOpen()).isFalse();
        assertThat(lane.room(NOW.plusSeconds(40))).isEqualTo(Room.open(1));
    }

    @Test
    void anEndpointThatIsGoneAndOneThatFailsForTooLongAreDisabled() {
        LaneState gone = lane(32, Optional.empty());
        Ready ready = start(gone, NOW);
        assertThat(gone.on(answered(gone, ready, refused(new Extent.AllForGood("it is gone")), NOW), NOW))
                .contains(new Step.Disable("it is gone"));
        assertThat(gone.room(NOW)).isEqualTo(Room.PARKED);

        LaneState failing = lane(32, Optional.empty());
        SendResult refused = refused(new Extent.ThisDelivery());
        List<Step> last = List.of();
        for (int minute = 0; minute <= 60; minute += 6) {
            Instant at = NOW.plus(Duration.ofMinutes(minute));
            last = failing.on(answered(failing, start(failing, at), refused, at), at);
        }
        assertThat(last).anySatisfy(step -> assertThat(step).isInstanceOf(Step.Disable.class));
    }

    static Stream<Arguments> unsendable() {
        return Stream.of(
                Arguments.of("the event is gone", new Ready(row(1).build(), null), "payload-gone"),
                Arguments.of("too old", fresh(row(1).build()), "expired"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("unsendable")
    void whatCannotBeSentIsGivenUpAndTakesNoRoom(String name, Ready ready, String reason) {
        LaneState lane = new LaneState(
                subscription(32, Optional.of(1), "http://127.0.0.1:9/hook"),
                Configs.of(DeliveryConfig.class, "nexus.delivery.max-age=1h"),
                () -> 0);
        assertThat(lane.on(new Input.Arrived(List.of(ready)), NOW))
                .as(name)
                .containsExactly(new Step.Write(new Outcome.Dead(ready.delivery(), Optional.empty(), reason)));
        assertThat(requests(lane, NOW)).isEqualTo(1);
    }

    @Test
    void thatADeliveryWasGivenUpIsToldWhenItIsWritten() {
        LaneState lane = lane(32, Optional.empty());
        Outcome.Dead dead = new Outcome.Dead(row(1).build(), Optional.empty(), "expired");
        assertThat(lane.on(new Input.Written(dead), NOW)).containsExactly(new Step.TellDead(dead));
    }

    @Test
    void anEventWithoutAFormIsDeadAtOnceAndTheEndpointIsNotJudged() {
        SendResult unsendable = new SendResult.Unsendable("transform-failed", "no such field", Duration.ZERO);
        LaneState lane = lane(32, Optional.empty());
        for (int i = 0; i < 100; i++) {
            Ready ready = start(lane, NOW);
            assertThat(lane.on(answered(lane, ready, unsendable, NOW), NOW))
                    .singleElement()
                    .isInstanceOfSatisfying(Step.Write.class, write -> assertThat(write.outcome())
                            .isInstanceOfSatisfying(Outcome.Dead.class, dead -> {
                                assertThat(dead.reason()).isEqualTo("transform-failed");
                                assertThat(dead.attempt().orElseThrow().error()).isEqualTo("no such field");
                                assertThat(dead.attempt().orElseThrow().statusCode())
                                        .isNull();
                            }));
        }
        assertThat(lane.room(NOW)).as("the window is as it was").isEqualTo(Room.open(4));
    }

    @Test
    void anEventWithoutAFormIsNoProbe() {
        LaneState lane = opened(lane(32, Optional.empty()));
        Instant probeAt = NOW.plusSeconds(5);
        SendResult unsendable = new SendResult.Unsendable("transform-failed", "no such field", Duration.ZERO);
        answer(lane, start(lane, probeAt), unsendable, probeAt);
        assertThat(lane.room(probeAt)).as("the next delivery is the probe").isEqualTo(Room.open(1));
        assertThat(lane.on(Input.Tick.NOW, probeAt)).isEmpty();
    }

    private LaneState opened(LaneState lane) {
        for (int i = 0; i < 10; i++) {
            answer(lane, start(lane, NOW.minusMillis(1)), UNREACHABLE, NOW);
        }
        return lane;
    }

    private static SendResult refused(Extent extent) {
        return new SendResult.Refused("no", new Answer(400, ""), extent, TOOK);
    }

    private static int requests(LaneState lane, Instant now) {
        Room room = lane.room(now);
        assertThat(room.isOpen()).isTrue();
        return room.requests();
    }

    private Ready next() {
        OwedDelivery row = row(++seq).build();
        return fresh(row);
    }

    private Ready start(LaneState lane, Instant now) {
        Ready ready = next();
        assertThat(lane.on(new Input.Arrived(List.of(ready)), now)).containsExactly(new Step.Send(Group.of(ready)));
        return ready;
    }

    private static void answer(LaneState lane, Ready ready, SendResult result, Instant startedAt) {
        assertThat(lane.on(answered(lane, ready, result, startedAt), startedAt))
                .last()
                .isInstanceOf(Step.Write.class);
    }

    private static Input.Answered answered(LaneState lane, Ready ready, SendResult result, Instant startedAt) {
        return new Input.Answered(Group.of(ready), Reply.of(result), lane.subscription(), startedAt);
    }

    private LaneState lane(int concurrency, Optional<Integer> rateLimit) {
        return new LaneState(subscription(concurrency, rateLimit, "http://127.0.0.1:9/hook"), config, () -> 0);
    }

    private static Subscription subscription(int concurrency, Optional<Integer> rateLimit, String url) {
        return TestSubscription.ofLane(1)
                .concurrency(concurrency)
                .rateLimit(rateLimit)
                .endpoint(url)
                .build();
    }
}
