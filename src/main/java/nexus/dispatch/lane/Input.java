package nexus.dispatch.lane;

import java.time.Instant;
import java.util.List;
import nexus.queue.owed.Ready;
import nexus.queue.settle.Outcome;
import nexus.subscription.Subscription;
import nexus.target.SendResult;

/** An event of a lane. */
public sealed interface Input {
    /** Deliveries were taken from the backlog. */
    record Arrived(List<Ready> deliveries) implements Input {}

    /**
     * A request ended.
     *
     * @param asked the subscription at the time of the request
     * @param startedAt time of the request
     */
    record Answered(Ready ready, SendResult result, Subscription asked, Instant startedAt) implements Input {}

    /** The end of a dead delivery is stored. */
    record Written(Outcome.Dead outcome) implements Input {}

    /** The subscription changed. */
    record Changed(Subscription subscription) implements Input {}

    /** Time passed while deliveries are owed to the lane. */
    record Tick() implements Input {
        public static final Tick NOW = new Tick();
    }
}
