package nexus.replication.stream;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import nexus.pgoutput.Lsn;
import nexus.replication.source.SourceConfig;
import nexus.replication.source.SourceErrors;
import nexus.replication.source.SourceWorker;
import nexus.replication.state.CaptureReport;
import nexus.replication.state.CaptureState.Status;
import nexus.store.NamedSql;
import org.jboss.logging.Logger;

/**
 * Observes a running capture through the ordinary connection: its lag, and whether its stream is alive. A silent stream
 * does not show whether it is alive, and an open stream delays the shutdown of PostgreSQL.
 */
@Singleton
public class LagSampler {
    public static final Duration EVERY = Duration.ofSeconds(3);

    private static final Logger LOG = Logger.getLogger(LagSampler.class);
    /** With a larger lag, health reports that capture is catching up. */
    private static final long FAR_BEHIND_BYTES = 16L * 1024 * 1024;
    /**
     * The stream counts as dead after this many samples in which the source does not respond, or reports another reader
     * of the slot or none.
     */
    private static final int BAD_SAMPLES = 3;

    private static final NamedSql SAMPLE = NamedSql.of("""
            SELECT pg_catalog.pg_current_wal_lsn()::text AS lsn,
                   coalesce((SELECT active_pid FROM pg_catalog.pg_replication_slots WHERE slot_name = :slot), 0) AS pid""", "slot");

    private final SourceConfig config;
    private final CaptureReport report;
    private final Clock clock;
    private int badSamples; // used on the worker's thread

    @Inject
    public LagSampler(SourceConfig config, CaptureReport report, Clock clock) {
        this.config = config;
        this.report = report;
        this.clock = clock;
    }

    private record Sample(Lsn end, int readerPid) {}

    /** Takes a sample. Must be called on the worker's thread. */
    public void sample(SourceWorker worker, ReplicationSession session) {
        try {
            Sample sample = sample(worker);
            if (sample.readerPid == session.senderPid()) {
                badSamples = 0;
                report(sample, session);
            } else {
                countBadSample(session, "the server no longer knows the stream");
            }
        } catch (SQLException e) {
            if (SourceErrors.serverIsDown(e)) {
                LOG.warnf("stream cut because the source shuts down reason=%s", e.getMessage());
                session.abort();
            } else {
                countBadSample(session, String.valueOf(e.getMessage()));
            }
        }
    }

    /** Retries once on a new connection, because a broken connection does not show whether the server is down. */
    private Sample sample(SourceWorker worker) throws SQLException {
        try {
            return worker.runNow(this::read);
        } catch (SQLException e) {
            if (SourceErrors.connectionIsGone(e) && !SourceErrors.serverIsDown(e)) {
                return worker.runNow(this::read);
            }
            throw e;
        }
    }

    private Sample read(Connection connection) throws SQLException {
        try (PreparedStatement statement = SAMPLE.prepare(connection, config.slot());
                ResultSet row = statement.executeQuery()) {
            row.next();
            return new Sample(Lsn.parse(row.getString("lsn")), row.getInt("pid"));
        }
    }

    private void report(Sample sample, ReplicationSession session) {
        long bytes = Math.max(0, sample.end.value() - session.confirmed().value());
        if (session.isProven()) {
            report.setStatus(bytes > FAR_BEHIND_BYTES ? Status.CATCHING_UP : Status.STREAMING, Optional.empty());
        }
        report.setLag(bytes, session.lagSeconds(clock.instant()));
    }

    private void countBadSample(ReplicationSession session, String reason) {
        if (++badSamples >= BAD_SAMPLES) {
            badSamples = 0;
            LOG.warnf("stream cut because it seems dead reason=%s", reason);
            session.abort();
        }
    }
}
