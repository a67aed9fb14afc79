package nexus.inbox;

import java.util.List;

/**
 * An inbox as it was at one moment.
 *
 * @param received requests so far, kept or not
 * @param requests those that are kept, newest first
 */
public record InboxView(InboxAddress address, ChosenReply chosen, long received, List<InboxRequest> requests) {
    public InboxView {
        requests = List.copyOf(requests);
    }
}
