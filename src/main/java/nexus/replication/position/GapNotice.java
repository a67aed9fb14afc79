package nexus.replication.position;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import nexus.event.EventBody;
import nexus.event.EventType;
import nexus.intake.IdempotencyClaim;
import nexus.intake.OwnEvents;
import nexus.replication.state.CaptureReport;
import nexus.replication.state.CaptureState.Gap;
import org.jboss.logging.Logger;

/** Reports a gap in the log, in the published state, and as an event {@code nexus.source.gap}. */
@Singleton
public class GapNotice {
    private static final Logger LOG = Logger.getLogger(GapNotice.class);
    private static final EventType TYPE = new EventType("nexus.source.gap");
    /** A gap that is found again after a crash, before it was recorded, counts as the same one within this time. */
    private static final Duration SAME_FOR = Duration.ofHours(24);

    private final OwnEvents ownEvents;
    private final SourcePositionRepository positions;
    private final CaptureReport report;
    private final Counter gaps;

    @Inject
    public GapNotice(
            OwnEvents ownEvents, SourcePositionRepository positions, CaptureReport report, MeterRegistry meters) {
        this.ownEvents = ownEvents;
        this.positions = positions;
        this.report = report;
        this.gaps = Counter.builder("nexus.capture.gaps")
                .description("Stretches of WAL in which changes may have been missed")
                .register(meters);
    }

    /** Reports the gap; completes once the event is stored. */
    public Future<Void> report(String slot, Gap gap) {
        LOG.errorf(
                "gap in the source's changes slot=%s from=%s to=%s reason=%s",
                slot, gap.from().orElse("-"), gap.to().orElse("-"), gap.reason());
        report.setGap(gap);
        gaps.increment();
        String key = slot + " " + gap.from().orElse("-") + " " + gap.to().orElse("-");
        IdempotencyClaim once = new IdempotencyClaim("nexus", key, key, SAME_FOR, 0, 1, false, "");
        return ownEvents.raise(TYPE, data(slot, gap), List.of(once));
    }

    /** Reports and records the gap; used where the position does not move with it. */
    public Future<Void> reportAndRecord(String slot, Gap gap) {
        return report(slot, gap).compose(reported -> positions.addGap(slot, gap));
    }

    private static JsonObject data(String slot, Gap gap) {
        return new JsonObject()
                .put("slot", slot)
                .put("from", gap.from().orElse(null))
                .put("to", gap.to().orElse(null))
                .put("since", gap.since().map(EventBody::timestamp).orElse(null))
                .put("reason", gap.reason());
    }
}
