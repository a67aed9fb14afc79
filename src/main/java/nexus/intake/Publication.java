package nexus.intake;

import java.util.List;
import nexus.event.IncomingEvent;

/**
 * The events of one HTTP request, which are stored together or not at all.
 *
 * @param bytes total size of all bodies
 */
record Publication(List<IncomingEvent> events, List<IdempotencyClaim> claims, long bytes) {
    Publication {
        events = List.copyOf(events);
        claims = List.copyOf(claims);
    }

    static Publication of(List<IncomingEvent> events, List<IdempotencyClaim> claims) {
        long bytes = 0;
        for (IncomingEvent event : events) {
            bytes += event.body().bytes().length;
        }
        return new Publication(events, claims, bytes);
    }
}
