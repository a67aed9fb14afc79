package nexus.replication;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import nexus.pgoutput.Lsn;
import nexus.replication.CaptureState.Gap;
import nexus.replication.CaptureState.Status;
import org.jboss.logging.Logger;

/** Puts the published state together from what the reader, the lag's sampler and the gap test find. */
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

    Status status() {
        return published.current().status();
    }

    /** Logs a change of status; the same one again only changes its detail. */
    synchronized void status(Status status, Optional<String> detail) {
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
        boolean reads = status == Status.STREAMING || status == Status.CATCHING_UP;
        published.publish(new CaptureState(
                status,
                isNew ? clock.instant() : now.since(),
                detail,
                reads ? now.lagBytes() : OptionalLong.empty(),
                reads ? now.lagSeconds() : OptionalDouble.empty(),
                now.confirmedLsn(),
                now.gap()));
    }

    synchronized void lag(long bytes, double seconds) {
        CaptureState now = published.current();
        published.publish(new CaptureState(
                now.status(),
                now.since(),
                now.detail(),
                OptionalLong.of(bytes),
                OptionalDouble.of(seconds),
                now.confirmedLsn(),
                now.gap()));
    }

    synchronized void confirmed(Lsn lsn) {
        CaptureState now = published.current();
        published.publish(new CaptureState(
                now.status(),
                now.since(),
                now.detail(),
                now.lagBytes(),
                now.lagSeconds(),
                Optional.of(lsn.toString()),
                now.gap()));
    }

    synchronized void gap(Gap gap) {
        CaptureState now = published.current();
        published.publish(new CaptureState(
                now.status(),
                now.since(),
                now.detail(),
                now.lagBytes(),
                now.lagSeconds(),
                now.confirmedLsn(),
                Optional.of(gap)));
    }
}
