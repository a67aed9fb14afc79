package nexus.dispatch.lane;

import java.time.Instant;
import java.util.List;
import nexus.queue.owed.Ready;
import nexus.queue.settle.Outcome;
import nexus.subscription.Subscription;
import nexus.target.SendResult;

/** Something that happens to a lane. */
public sealed interface Input {
    /** These were taken from the backlog. */
    record Arrived(List<Ready> deliveries) implements Input {}

    /**
     * A request is over.
     *
     * @param asked the subscription as it was when the request was made
     * @param startedAt when that was
     */
    record Answered(Ready ready, SendResult result, Subscription asked, Instant startedAt) implements Input {}

    /** A delivery was given up, and that is written down. */
    record Written(Outcome.Dead outcome) implements Input {}

    /** The subscription is another than before. */
    record Changed(Subscription subscription) implements Input {}

    /** Time has passed while something is owed to the lane. */
    record Tick() implements Input {
        public static final Tick NOW = new Tick();
    }
}
