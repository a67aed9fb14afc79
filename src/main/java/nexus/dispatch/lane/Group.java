package nexus.dispatch.lane;

import java.util.List;
import nexus.queue.owed.Ready;

/**
 * The deliveries of one request: one, or the members of a batch.
 *
 * @param members at least one, in the order in which they are sent
 */
public record Group(List<Ready> members) {
    public Group {
        members = List.copyOf(members);
        if (members.isEmpty()) {
            throw new IllegalArgumentException("a request without deliveries");
        }
    }

    public static Group of(Ready only) {
        return new Group(List.of(only));
    }

    /** Identifies it among the requests of its lane that are in flight. */
    long seq() {
        return members.getFirst().delivery().seq();
    }
}
