package nexus.inbox;

import java.util.Optional;

/**
 * The reply that a person chose for an inbox.
 *
 * @param times requests that it still answers; afterwards the inbox answers 200 again. Empty: until another is chosen
 */
public record ChosenReply(Reply reply, Optional<Integer> times) {
    public static final int MAX_TIMES = 1_000;
    public static final ChosenReply OK = new ChosenReply(Reply.ok(), Optional.empty());

    public ChosenReply {
        if (times.isPresent() && (times.get() < 1 || times.get() > MAX_TIMES)) {
            throw new IllegalArgumentException("no number of requests");
        }
    }

    /** The choice that holds after one more request. */
    ChosenReply next() {
        return times.isEmpty() ? this : times.get() == 1 ? OK : new ChosenReply(reply, Optional.of(times.get() - 1));
    }
}
