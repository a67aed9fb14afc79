package nexus.replication.trouble;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import nexus.capture.message.MinuteCount;
import nexus.event.EventType;
import nexus.intake.EventRefusal;
import nexus.replication.position.GapNotice;
import nexus.replication.position.SourcePosition;
import nexus.replication.source.SourceConfig;
import nexus.replication.state.CaptureState.Gap;
import nexus.replication.trouble.SourceTroubles.Kind;
import org.jboss.logging.Logger;

/**
 * Reports row changes that the store refused: counts each of them, and logs their number at most once a minute. A
 * refused change is a gap, and the refused changes of a minute share one gap.
 */
@Singleton
public class StoreRefusals {
    private static final Logger LOG = Logger.getLogger(StoreRefusals.class);

    private final SourceConfig config;
    private final SourceTroubles troubles;
    private final GapNotice gapNotice;
    private final Clock clock;
    private final Counter refused;
    private final MinuteCount unlogged = new MinuteCount(); // guarded by this, like the next fields
    private final MinuteCount gaps = new MinuteCount();
    private String last = "";

    @Inject
    public StoreRefusals(
            SourceConfig config, SourceTroubles troubles, GapNotice gapNotice, MeterRegistry meters, Clock clock) {
        this.config = config;
        this.troubles = troubles;
        this.gapNotice = gapNotice;
        this.clock = clock;
        this.refused = Counter.builder("nexus.capture.refused")
                .description("Row changes that the store refused, and stored without their values or not at all")
                .register(meters);
    }

    /** Completes once the refused changes are recorded. */
    public Future<Void> report(EventRefusal refusal, SourcePosition from, SourcePosition to) {
        count(Kind.REDUCED, refusal.reduced(), refusal.reason());
        count(Kind.REFUSED, refusal.leftOut(), refusal.reason());
        Future<Void> saved = refusal.leftOut().isEmpty() ? Future.succeededFuture() : troubles.save();
        long leftOut = gapsDue(refusal.leftOut().size());
        return leftOut == 0
                ? saved
                : saved.compose(done -> gapNotice.reportAndRecord(config.slot(), gap(refusal, from, to)));
    }

    /** Logs the count since the last line, if a line is due; called at intervals. */
    public synchronized void logCount() {
        long due = unlogged.due(System.nanoTime());
        if (due > 0) {
            LOG.warnf("row changes that the store refuses count=%d last: %s", due, last);
        }
    }

    private void count(Kind kind, List<EventType> types, String reason) {
        if (types.isEmpty()) {
            return;
        }
        refused.increment(types.size());
        troubles.add(kind, types.size(), types.getLast().value(), reason);
        synchronized (this) {
            unlogged.add(types.size());
            last = "type=" + types.getLast().value() + " done=" + (kind == Kind.REDUCED ? "reduced" : "left out")
                    + " reason=" + reason;
            logCount();
        }
    }

    private synchronized long gapsDue(long leftOut) {
        gaps.add(leftOut);
        return gaps.due(System.nanoTime());
    }

    private Gap gap(EventRefusal refusal, SourcePosition from, SourcePosition to) {
        return new Gap(
                Optional.of(from.doneEnd().toString()),
                Optional.of(to.doneEnd().toString()),
                Optional.empty(),
                clock.instant(),
                "the store refused " + refusal.leftOut().size() + " row changes, the last of type "
                        + refusal.leftOut().getLast().value() + ": " + refusal.reason());
    }
}
