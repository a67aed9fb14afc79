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

/** Nexus's own events, {@code nexus.*}: what happens to it becomes an event that can be subscribed to. */
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

    /** Done once it is stored. */
    public Future<Void> raise(EventType type, JsonObject data) {
        return raise(type, data, List.of());
    }

    /** @param claims what makes it the same event when it is raised again */
    public Future<Void> raise(EventType type, JsonObject data, List<IdempotencyClaim> claims) {
        EventId id = ids.next();
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        byte[] body = EventBody.of(id, type, now, data.encode().getBytes(StandardCharsets.UTF_8), NO_METADATA);
        return intake.publish(List.of(new IncomingEvent(id, type, now, Ordering.NONE, () -> body, true)), claims)
                .mapEmpty();
    }
}
