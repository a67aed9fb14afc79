package nexus.dispatch.lane;

import java.time.Instant;
import java.util.Optional;
import nexus.queue.owed.Ready;
import nexus.queue.settle.Outcome;
import nexus.subscription.EndpointHealth.Opened;

/** Something that a lane wants to be done. */
public sealed interface Step {
    /** Makes the request of a delivery. */
    record Send(Ready ready) implements Step {}

    /** Gives a delivery back, unsent. */
    record GiveBack(Ready ready) implements Step {}

    /** Writes an outcome down. */
    record Write(Outcome outcome) implements Step {}

    /** Stores that the endpoint has asked to be left alone. */
    record BackOff(Instant until) implements Step {}

    /** Stores how the endpoint is doing. */
    record RecordHealth() implements Step {}

    /** Tells the operator that the breaker has opened or closed. */
    record TellBreaker(Optional<Opened> before, Optional<Opened> after) implements Step {}

    /** Disables the subscription. */
    record Disable(String reason) implements Step {}

    /** Raises an event about a delivery that was given up. */
    record TellDead(Outcome.Dead outcome) implements Step {}

    /** Looks at everything again that is owed to the lane. */
    record LookAgain() implements Step {}

    /** Looks at the lane again at this moment, whatever happens until then. */
    record WakeAt(Instant at) implements Step {}
}
