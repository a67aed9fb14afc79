package nexus.replication.state;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nexus.pgoutput.Lsn;
import nexus.replication.state.CaptureState.Gap;
import nexus.replication.state.CaptureState.Notice;
import nexus.replication.state.CaptureState.Status;
import org.jboss.logging.Logger;

/**
 * Combines the reports of the reader, the lag sampler, the slot guardian and the gap check into the published state.
 */
@Singleton
public class CaptureReport {
    private static final Logger LOG = Logger.getLogger(CaptureReport.class);

    private final CaptureStatus published;
    private final Clock clock;

    @Inject
    public CaptureReport(CaptureStatus published, Clock clock) {
        this.published = published;
        this.clock = clock;
    }

    public Status status() {
        return published.current().status();
    }

    /** The time since the last change of status. */
    public Duration inStatusFor() {
        return Duration.between(published.current().since(), clock.instant());
    }

    /** Sets the status and logs a change of it. Setting the same status again only replaces the detail. */
    public synchronized void setStatus(Status status, Optional<String> detail) {
        CaptureState now = published.current();
        boolean isNew = now.status() != status;
        if (isNew || !now.detail().equals(detail)) {
            boolean isTrouble = status == Status.BLOCKED || status == Status.LOST;
            LOG.logf(
                    isTrouble ? Logger.Level.ERROR : Logger.Level.INFO,
                    "capture status=%s detail=%s",
                    status.text(),
                    detail.orElse("-"));
        }
        published.publish(now.withStatus(status, isNew ? clock.instant() : now.since(), detail));
    }

    public synchronized void setLag(long bytes, double seconds) {
        published.publish(published.current().withLag(bytes, seconds));
    }

    public synchronized void setConfirmed(Lsn lsn) {
        published.publish(published.current().withConfirmed(lsn.toString()));
    }

    public synchronized void setGap(Gap gap) {
        published.publish(published.current().withGap(gap));
    }

    public synchronized void setSlot(Optional<SlotHealth> health) {
        published.publish(published.current().withSlot(health));
    }

    /** Contains no table names, because health is readable without a key. */
    public synchronized void setCoverage(int losing, int failing) {
        List<Notice> notices = new ArrayList<>();
        if (failing > 0) {
            notices.add(new Notice(
                    "writes-fail",
                    "updates and deletes of " + count(failing, "table")
                            + " fail in the source because of a publication of Nexus: see GET /v1/doctor"));
        }
        if (losing > 0) {
            notices.add(new Notice(
                    "coverage",
                    count(losing, "subscription") + " without all changes wanted: see warnings in"
                            + " GET /v1/subscriptions"));
        }
        published.publish(published.current().withNotices(notices));
    }

    private static String count(int number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }

    public Optional<SlotHealth> slot() {
        return published.current().slot();
    }
}
