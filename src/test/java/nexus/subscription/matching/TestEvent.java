package nexus.subscription.matching;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;
import nexus.event.EventBody;
import nexus.event.EventId;
import nexus.event.EventType;
import nexus.event.IncomingEvent;
import nexus.event.Ordering;

/** Events that are only matched. */
final class TestEvent {
    private TestEvent() {}

    /** @param data a JSON object */
    static IncomingEvent of(String type, String data) {
        EventId id = new EventId(new UUID(0, 1));
        EventType eventType = new EventType(type);
        return new IncomingEvent(
                id,
                eventType,
                Instant.EPOCH,
                Ordering.NONE,
                () -> EventBody.of(
                        id,
                        eventType,
                        Instant.EPOCH,
                        data.getBytes(StandardCharsets.UTF_8),
                        "{}".getBytes(StandardCharsets.UTF_8)),
                true);
    }
}
