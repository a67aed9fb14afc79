package nexus.replication;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
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
import nexus.intake.EventIntake;
import nexus.intake.IdempotencyClaim;
import nexus.replication.CaptureState.Gap;
import org.jboss.logging.Logger;

/** Tells of a gap: in the log, in the published state, and as an event {@code nexus.source.gap}. */
@Singleton
public class GapNotice {
    private static final Logger LOG = Logger.getLogger(GapNotice.class);
    private static final EventType TYPE = new EventType("nexus.source.gap");
    private static final byte[] NO_METADATA = "{}".getBytes(StandardCharsets.UTF_8);
    /** Found again after a crash before it was recorded, it is the same one. */
    private static final Duration SAME_FOR = Duration.ofHours(24);

    private final EventIntake intake;
    private final CaptureReport report;
    private final Clock clock;
    private final EventIdGenerator ids;

    @Inject
    public GapNotice(EventIntake intake, CaptureReport report, Clock clock, RandomGenerator random) {
        this.intake = intake;
        this.report = report;
        this.clock = clock;
        this.ids = new EventIdGenerator(clock, random);
    }

    /** Done once the event is stored. */
    Future<Void> of(String slot, Gap gap) {
        LOG.errorf(
                "gap in the source's changes slot=%s from=%s to=%s reason=%s",
                slot, gap.from().orElse("-"), gap.to().orElse("-"), gap.reason());
        report.gap(gap);
        String key = slot + " " + gap.from().orElse("-") + " " + gap.to().orElse("-");
        IdempotencyClaim once = new IdempotencyClaim("nexus", key, key, SAME_FOR, 0, 1, false, "");
        return intake.publish(List.of(event(slot, gap)), List.of(once)).mapEmpty();
    }

    private IncomingEvent event(String slot, Gap gap) {
        EventId id = ids.next();
        Instant createdAt = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        byte[] data = new JsonObject()
                .put("slot", slot)
                .put("from", gap.from().orElse(null))
                .put("to", gap.to().orElse(null))
                .put("since", gap.since().map(EventBody::timestamp).orElse(null))
                .put("reason", gap.reason())
                .encode()
                .getBytes(StandardCharsets.UTF_8);
        byte[] body = EventBody.of(id, TYPE, createdAt, data, NO_METADATA);
        return new IncomingEvent(id, TYPE, createdAt, Ordering.NONE, () -> body, true);
    }
}
