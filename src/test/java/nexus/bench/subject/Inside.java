package nexus.bench.subject;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * What only the one who started Nexus can see: its process, and the database server, which has nothing else to do.
 *
 * @param connection to another database of the server, so that looking does not count
 * @param database Nexus's
 */
public record Inside(ProcessMeter nexus, ProcessMeter postgres, Connection connection, String database) {
    /** Used since the beginning. */
    public record Sample(double nexusCpuSeconds, double postgresCpuSeconds, long walBytes, long transactions) {
        public Sample since(Sample earlier) {
            return new Sample(
                    nexusCpuSeconds - earlier.nexusCpuSeconds,
                    postgresCpuSeconds - earlier.postgresCpuSeconds,
                    walBytes - earlier.walBytes,
                    transactions - earlier.transactions);
        }
    }

    /** Has what was written so far put on the disk now, and not while something else is measured. */
    public void checkpoint() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("CHECKPOINT");
        }
    }

    public Sample sample() throws SQLException {
        return new Sample(
                nexus.cpuSeconds(),
                postgres.cpuSeconds(),
                Sql.number(connection, "SELECT pg_current_wal_insert_lsn() - '0/0'"),
                Sql.number(
                        connection,
                        "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = '" + database + "'"));
    }
}
