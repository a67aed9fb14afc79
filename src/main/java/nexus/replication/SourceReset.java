package nexus.replication;

import io.vertx.core.Future;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import nexus.api.caller.AuditedChange;
import nexus.refusal.Refusal;
import nexus.replication.position.SourcePositionRepository;
import nexus.replication.slot.ReplicationSlot;
import nexus.replication.source.SourceConfig;
import nexus.replication.source.SourceWorker;
import nexus.replication.state.CaptureReport;
import nexus.replication.state.CaptureState.Status;
import org.jboss.logging.Logger;

/**
 * Asks for a new slot in the place of one that can't go on. The request is kept in the store, because any process may get
 * it and only the one that captures can carry it out.
 */
@Singleton
public class SourceReset {
    private static final Logger LOG = Logger.getLogger(SourceReset.class);

    private final SourceConfig config;
    private final SourceWorker worker;
    private final SourcePositionRepository positions;
    private final CaptureReport report;
    private final ReplicationReader reader;

    @Inject
    public SourceReset(
            SourceConfig config,
            SourceWorker worker,
            SourcePositionRepository positions,
            CaptureReport report,
            ReplicationReader reader) {
        this.config = config;
        this.worker = worker;
        this.positions = positions;
        this.report = report;
        this.reader = reader;
    }

    /**
     * What was committed since the last position stored is given up.
     *
     * @return done once the request is stored; fails with a {@link Refusal} while the slot is sound
     */
    Future<Void> fromNow(AuditedChange audited) {
        return worker.submit(connection -> ReplicationSlot.read(connection, config.slot()))
                .recover(failure -> Future.failedFuture(
                        new Refusal.Unavailable("The source database can't be asked; it may be restarting.")))
                .compose(slot -> isStuck(slot)
                        ? positions.requestReset(config.slot(), audited)
                        : Future.failedFuture(new Refusal.Conflict(
                                "capture-not-lost",
                                "The slot " + config.slot() + " is not lost: capture is "
                                        + report.status().text()
                                        + ". A reset would give up changes that can still be read.")))
                .compose(known -> {
                    if (!known) {
                        return Future.failedFuture(new Refusal.Conflict(
                                "capture-not-begun", "The slot " + config.slot() + " has never been read."));
                    }
                    LOG.warnf("source reset requested slot=%s from=now", config.slot());
                    reader.hurry();
                    return Future.succeededFuture();
                });
    }

    /** A process that does not capture itself can judge only by the slot. */
    private boolean isStuck(ReplicationSlot slot) {
        boolean isGone = slot instanceof ReplicationSlot.Missing || slot instanceof ReplicationSlot.Invalidated;
        Status status = report.status();
        boolean failsForLong =
                status == Status.CONNECTING && report.inStatusFor().compareTo(config.stuckAfter()) > 0;
        return isGone || status == Status.LOST || failsForLong;
    }
}
