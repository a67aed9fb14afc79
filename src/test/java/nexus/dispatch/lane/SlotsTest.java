package nexus.dispatch.lane;

import static nexus.queue.owed.OwedRow.fresh;
import static nexus.queue.owed.OwedRow.row;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import nexus.dispatch.outcome.DeliveryConfig;
import nexus.dispatch.outcome.Reply;
import nexus.queue.owed.Ready;
import nexus.target.Answer;
import nexus.target.SendResult;
import nexus.testkit.Configs;
import nexus.testkit.TestSubscription;
import org.junit.jupiter.api.Test;

/** What a lane may have under way, by its own limits and by what the other lanes leave. */
class SlotsTest {
    private static final Instant NOW = Instant.parse("2026-01-31T18:20:43Z");

    private final DeliveryConfig config = Configs.of(DeliveryConfig.class, "nexus.delivery.max-age=100000d");
    private final Slots slots = new Slots(config.concurrency());
    private final Map<Integer, LaneState> lanes = new HashMap<>();
    private long seq;

    /** They would take all slots with 32 each, if nothing but the window and the lane's own limit counted. */
    @Test
    void eightBlackHolesLeaveSlotsForTheOthers() {
        for (int hole = 1; hole <= 8; hole++) {
            for (int i = 0; i < 3; i++) { // they were fine before
                answer(hole, start(hole), new SendResult.Delivered(new Answer(200, ""), Duration.ZERO));
            }
        }
        for (int turn = 0; turn < 50; turn++) {
            for (int hole = 1; hole <= 8; hole++) {
                fill(hole);
            }
        }
        assertThat(slots.taken()).isLessThanOrEqualTo(240);

        assertThat(room(9)).isEqualTo(4);
        for (int number = 9; number <= 12; number++) {
            assertThat(room(number)).as("lane " + number).isPositive();
            fill(number);
        }
    }

    /** Endpoints that never answered have shown nothing, and get no more than a first few. */
    @Test
    void endpointsThatHangFromTheStartHoldFourSlotsEachAndThenOne() {
        List<Ready> hanging = fill(1);
        assertThat(hanging).hasSize(4);
        hanging.forEach(ready -> answer(1, ready, new SendResult.TimedOut("connecting", Duration.ZERO)));
        assertThat(slots.taken()).isZero();
        assertThat(fill(1)).hasSize(1);
    }

    @Test
    void aLaneHasHalfOfWhatTheOthersLeave() {
        Slots few = new Slots(10);
        for (int i = 0; i < 5; i++) {
            assertThat(few.room(1)).as("the " + i + "th").isEqualTo(5 - i);
            few.began(1);
        }
        assertThat(few.room(1)).isZero();
        assertThat(few.room(2)).isEqualTo(3);
        assertThat(few.hasRoom()).isTrue();
        few.ended(1);
        assertThat(few.taken()).isEqualTo(4);
        assertThat(few.room(1)).isEqualTo(1);
    }

    private LaneState lane(int number) {
        return lanes.computeIfAbsent(
                number,
                first -> new LaneState(
                        TestSubscription.ofLane(number).concurrency(32).build(), config, () -> 0));
    }

    private int room(int number) {
        return Math.min(lane(number).room(NOW).requests(), slots.room(number));
    }

    private List<Ready> fill(int number) {
        List<Ready> started = new ArrayList<>();
        while (room(number) > 0) {
            started.add(start(number));
        }
        return started;
    }

    private Ready start(int number) {
        Ready ready = fresh(row(++seq).lane(number).build());
        assertThat(lane(number).on(new Input.Arrived(List.of(ready)), NOW))
                .containsExactly(new Step.Send(Group.of(ready)));
        slots.began(number);
        return ready;
    }

    private void answer(int number, Ready ready, SendResult result) {
        slots.ended(number);
        lane(number)
                .on(
                        new Input.Answered(
                                Group.of(ready), Reply.of(result), lane(number).subscription(), NOW),
                        NOW);
    }
}
