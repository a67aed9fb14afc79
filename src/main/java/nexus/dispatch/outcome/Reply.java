package nexus.dispatch.outcome;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import nexus.target.SendResult;

/**
 * How a request with one or more deliveries ended.
 *
 * @param result for the target
 * @param ofMembers for each delivery, in the order in which they were sent; empty when it was not sent and nothing changed
 * @param batch id of the batch; empty when the delivery was sent by itself
 */
public record Reply(SendResult result, List<Optional<SendResult>> ofMembers, Optional<UUID> batch) {
    public Reply {
        ofMembers = List.copyOf(ofMembers);
    }

    /** The reply to a delivery that was sent by itself. */
    public static Reply of(SendResult result) {
        return new Reply(result, List.of(Optional.of(result)), Optional.empty());
    }

    /** The same result for all deliveries of a request. */
    public static Reply ofAll(SendResult result, int members) {
        return new Reply(result, new ArrayList<>(Collections.nCopies(members, Optional.of(result))), Optional.empty());
    }
}
