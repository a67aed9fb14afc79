package nexus.dispatch.lane;

import java.time.Instant;
import java.util.List;
import nexus.dispatch.outcome.Reply;
import nexus.queue.owed.Ready;
import nexus.queue.settle.Outcome;
import nexus.subscription.Subscription;

/** An event of a lane. */
public sealed interface Input {
    /** Deliveries were taken from the backlog; in a lane that sends batches, those of one request. */
    record Arrived(List<Ready> deliveries) implements Input {}

    /**
     * A request ended.
     *
     * @param asked the subscription at the time of the request
     * @param startedAt time of the request
     */
    record Answered(Group group, Reply reply, Subscription asked, Instant startedAt) implements Input {}

    /** The end of a dead delivery is stored. */
    record Written(Outcome.Dead outcome) implements Input {}

    /** The subscription changed. */
    record Changed(Subscription subscription) implements Input {}

    /** Time passed while deliveries are owed to the lane. */
    record Tick() implements Input {
        public static final Tick NOW = new Tick();
    }
}
