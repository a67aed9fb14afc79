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
 * Requests a new slot in place of one that cannot continue. The store keeps the request, because any process may
 * receive it and only the capturing one can carry it out.
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
     * Requests a new slot from now on. The changes since the last stored position are lost.
     *
     * @return completes once the request is stored; fails with a {@link Refusal} while the slot is usable
     */
    Future<Void> fromNow(AuditedChange audited) {
        return worker.submit(connection -> ReplicationSlot.read(connection, config.slot()))
                .recover(failure -> Future.failedFuture(
                        new Refusal.Unavailable("The source database does not respond; it may be restarting.")))
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
                    reader.retryNow();
                    return Future.succeededFuture();
                });
    }

    /** Whether capture is stuck. A process that does not capture can only judge by the slot. */
    private boolean isStuck(ReplicationSlot slot) {
        boolean isGone = slot instanceof ReplicationSlot.Missing || slot instanceof ReplicationSlot.Invalidated;
        Status status = report.status();
        boolean failsForLong =
                status == Status.CONNECTING && report.inStatusFor().compareTo(config.stuckAfter()) > 0;
        return isGone || status == Status.LOST || failsForLong;
    }
}
