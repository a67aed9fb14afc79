package nexus.replication.slot;

import io.vertx.core.json.JsonObject;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import nexus.event.EventType;
import nexus.intake.OwnEvents;
import nexus.replication.source.SourceConfig;
import nexus.replication.source.SourceWorker;
import nexus.replication.state.CaptureReport;
import nexus.replication.state.CaptureState.Status;
import nexus.replication.state.SlotHealth;
import nexus.replication.state.SlotHealth.Level;
import org.jboss.logging.Logger;

/**
 * Watches how much WAL the slot retains and how near it is to being lost, also while capture cannot continue. Reports
 * the result in health, as meters, and as events {@code nexus.source.lag} when the level rises or returns to normal.
 * Its tasks run on the thread of the source.
 */
@Singleton
public class SlotGuardian {
    private static final Logger LOG = Logger.getLogger(SlotGuardian.class);
    private static final EventType TYPE = new EventType("nexus.source.lag");

    private final SourceConfig config;
    private final CaptureReport report;
    private final OwnEvents ownEvents;
    private final Clock clock;
    private final SlotWatch watch;
    private boolean isReporting; // used on the source's thread, like the next field
    private Level logged = Level.OK;

    @Inject
    public SlotGuardian(SourceConfig config, CaptureReport report, OwnEvents ownEvents, Clock clock) {
        this.config = config;
        this.report = report;
        this.ownEvents = ownEvents;
        this.clock = clock;
        this.watch = new SlotWatch(config.lagWarnBytes(), config.lagWarnAfter());
    }

    /**
     * Checks the slot once.
     *
     * @param cutStream ends the stream of a slot that is about to be dropped, since a slot with a reader cannot be
     *     dropped
     */
    public void check(SourceWorker worker, Runnable cutStream) {
        Optional<SlotSample> sample;
        try {
            sample = worker.runNow(connection -> SlotSample.read(connection, config.slot(), clock.instant()));
        } catch (SQLException e) {
            return; // the reader reports why the source is unavailable
        }
        report.setSlot(sample.map(watch::judge));
        if (sample.isPresent()) {
            SlotHealth health = report.slot().orElseThrow();
            reportIfDue(worker, health);
            if (isTooExpensive(health)) {
                dropSlot(worker, health, cutStream);
            }
        }
    }

    private void reportIfDue(SourceWorker worker, SlotHealth health) {
        Instant now = clock.instant();
        if (isReporting || !watch.isReportDue(health.level(), now)) {
            return;
        }
        log(health);
        isReporting = true; // the store may be slow, and one pending event is enough
        ownEvents
                .raise(TYPE, data(health))
                .onComplete(raised -> worker.submit(connection -> {
                    isReporting = false;
                    if (raised.succeeded()) { // otherwise the next check raises it again
                        watch.recordReport(health.level(), now);
                    }
                    return raised.succeeded();
                }));
    }

    private void log(SlotHealth health) {
        if (health.level() != logged) {
            logged = health.level();
            LOG.logf(
                    logged == Level.OK ? Logger.Level.INFO : Logger.Level.WARN,
                    "slot level=%s slot=%s detail=%s",
                    logged.text(),
                    config.slot(),
                    health.describe());
        }
    }

    /** True only when nothing has been read for long, because a reader that is catching up releases WAL by itself. */
    private boolean isTooExpensive(SlotHealth health) {
        Status status = report.status();
        boolean isRead = status == Status.STREAMING || status == Status.CATCHING_UP;
        return !isRead
                && report.inStatusFor().compareTo(config.stuckAfter()) > 0
                && config.slotMaxLag().isPresent()
                && health.retainedBytes() > config.slotMaxLag().getAsLong();
    }

    private void dropSlot(SourceWorker worker, SlotHealth health, Runnable cutStream) {
        cutStream.run();
        try {
            worker.runNow((Connection connection) -> {
                ReplicationSlot.drop(connection, config.slot());
                return true;
            });
            LOG.errorf(
                    "slot dropped because NEXUS_SLOT_MAX_LAG is exceeded slot=%s retained=%d",
                    config.slot(), health.retainedBytes());
        } catch (SQLException e) { // the slot still has a reader, so the next check tries again
            LOG.warnf("slot not dropped yet slot=%s reason=%s", config.slot(), e.getMessage());
        }
    }

    private JsonObject data(SlotHealth health) {
        return new JsonObject()
                .put("slot", config.slot())
                .put("level", health.level().text())
                .put("detail", health.describe())
                .put("walStatus", health.walStatus().orElse(null))
                .put("retainedBytes", health.retainedBytes())
                .put(
                        "safeBytes",
                        health.safeBytes().isPresent() ? health.safeBytes().getAsLong() : null)
                .put("restartLagSeconds", health.restartLag().toSeconds())
                .put("confirmedLagBytes", health.confirmedLagBytes())
                .put("confirmedLagSeconds", health.confirmedLag().toSeconds())
                .put("invalidationReason", health.invalidation().orElse(null))
                .put("lostInSeconds", health.lostIn().map(in -> in.toSeconds()).orElse(null));
    }
}
