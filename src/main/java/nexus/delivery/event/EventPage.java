package nexus.delivery.event;

import java.util.List;
import java.util.OptionalLong;

/**
 * @param next seq before which the next page starts; empty at the end. It may be present although the page is not full
 */
public record EventPage(List<StoredEvent> events, OptionalLong next) {
    public EventPage {
        events = List.copyOf(events);
    }
}
