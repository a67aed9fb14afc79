package nexus.dispatch.lane;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import nexus.queue.owed.Ready;
import nexus.queue.settle.Outcome;
import nexus.subscription.EndpointHealth.Opened;

/** An action that a lane decided on. */
public sealed interface Step {
    /** Makes a request. */
    record Send(Group group) implements Step {}

    /** Returns a delivery unsent. */
    record GiveBack(Ready ready) implements Step {}

    /** Stores an outcome. */
    record Write(Outcome outcome) implements Step {}

    /** Stores the outcomes of a batch, all in one transaction. */
    record WriteTogether(List<Outcome> outcomes) implements Step {}

    /** Stores the pause that the endpoint asked for. */
    record BackOff(Instant until) implements Step {}

    /** Stores the health of the endpoint. */
    record RecordHealth() implements Step {}

    /** Logs that the breaker opened or closed. */
    record TellBreaker(Optional<Opened> before, Optional<Opened> after) implements Step {}

    /** Disables the subscription. */
    record Disable(String reason) implements Step {}

    /** Raises an event about a dead delivery. */
    record TellDead(Outcome.Dead outcome) implements Step {}

    /** Reads all owed deliveries of the lane again. */
    record LookAgain() implements Step {}

    /** Gives the lane a turn at this time. */
    record WakeAt(Instant at) implements Step {}
}
