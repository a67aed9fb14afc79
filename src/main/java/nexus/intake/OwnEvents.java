package nexus.intake;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.random.RandomGenerator;
import nexus.event.EventBody;
import nexus.event.EventId;
import nexus.event.EventIdGenerator;
import nexus.event.EventType;
import nexus.event.IncomingEvent;
import nexus.event.Ordering;

/** Raises Nexus's own events, {@code nexus.*}, to which receivers can subscribe. */
@Singleton
public class OwnEvents {
    private static final byte[] NO_METADATA = "{}".getBytes(StandardCharsets.UTF_8);

    private final EventIntake intake;
    private final Clock clock;
    private final EventIdGenerator ids;

    @Inject
    public OwnEvents(EventIntake intake, Clock clock, RandomGenerator random) {
        this.intake = intake;
        this.clock = clock;
        this.ids = new EventIdGenerator(clock, random);
    }

    /** Completes once the event is stored. */
    public Future<Void> raise(EventType type, JsonObject data) {
        return raise(type, data, List.of());
    }

    /** @param claims identify the event, so that raising it again does not store it twice */
    public Future<Void> raise(EventType type, JsonObject data, List<IdempotencyClaim> claims) {
        EventId id = ids.next();
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        byte[] body = EventBody.of(id, type, now, data.encode().getBytes(StandardCharsets.UTF_8), NO_METADATA);
        return intake.publish(List.of(new IncomingEvent(id, type, now, Ordering.NONE, () -> body, true)), claims)
                .mapEmpty();
    }
}
