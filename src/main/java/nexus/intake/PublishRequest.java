package nexus.intake;

import java.util.List;
import nexus.event.IncomingEvent;

/** The events of one HTTP request: stored together or not at all. */
record PublishRequest(List<IncomingEvent> events, List<IdempotencyClaim> claims) {
    PublishRequest {
        events = List.copyOf(events);
        claims = List.copyOf(claims);
    }
}
