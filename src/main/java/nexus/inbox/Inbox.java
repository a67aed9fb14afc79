package nexus.inbox;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.LongFunction;

/** The requests of one inbox, and its chosen reply. Guarded by the lock of {@link Inboxes}. */
final class Inbox {
    private final Deque<InboxRequest> requests = new ArrayDeque<>(); // oldest first
    private long received;
    private long bytes;
    private boolean isTrusted;
    private ChosenReply chosen = ChosenReply.OK;

    ChosenReply chosen() {
        return chosen;
    }

    void choose(ChosenReply other) {
        chosen = other;
    }

    /** The chosen reply for one more request. */
    Reply take() {
        Reply reply = chosen.reply();
        chosen = chosen.next();
        return reply;
    }

    InboxRequest add(LongFunction<InboxRequest> made) {
        received++;
        InboxRequest request = made.apply(received);
        requests.addLast(request);
        bytes += request.bytes();
        isTrusted |= request.signature().isVerified();
        return request;
    }

    /** @return the bytes that became free; 0 if there is none */
    long dropOldest() {
        InboxRequest oldest = requests.pollFirst();
        if (oldest == null) {
            return 0;
        }
        bytes -= oldest.bytes();
        return oldest.bytes();
    }

    /** Newest first. */
    List<InboxRequest> requests() {
        List<InboxRequest> newestFirst = new ArrayList<>(requests);
        return newestFirst.reversed();
    }

    int kept() {
        return requests.size();
    }

    long bytes() {
        return bytes;
    }

    long received() {
        return received;
    }

    /** Whether a request was signed by a subscription, or a person chose a reply: others make room first. */
    boolean isTrusted() {
        return isTrusted || !chosen.equals(ChosenReply.OK);
    }

    void clear() {
        requests.clear();
        bytes = 0;
    }
}
