package nexus.replication.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.TimeZone;
import nexus.replication.connection.StreamConnection;
import nexus.store.PostgresUrl;
import nexus.store.SingleValue;
import nexus.testkit.Eventually;
import nexus.testkit.TestPostgres;
import org.junit.jupiter.api.Test;

class SourceConnectionsPostgresTest {

    @Test
    void aLockIsWaitedForUntilTheServerStopsAnAutovacuum() throws SQLException {
        String url = TestPostgres.freshDatabase();
        try (Connection connection = new SourceConnections(PostgresUrl.parse(url)).openOrdinary()) {
            assertThat(SingleValue.isTrue(
                            connection,
                            "SELECT current_setting('lock_timeout')::interval"
                                    + " > current_setting('deadlock_timeout')::interval"))
                    .isTrue();
        }
    }

    @Test
    void theStreamIsToldFromTheOtherConnectionsByItsName() throws SQLException {
        String url = TestPostgres.freshDatabase();
        try (StreamConnection stream = new SourceConnections(PostgresUrl.parse(url)).openReplication(false)) {
            assertThat(SingleValue.text(stream.connection(), "SHOW application_name"))
                    .isEqualTo("nexus-capture");
        }
    }

    @Test
    void valuesAreWrittenTheSameWhateverTheServersAndThisMachinesSettings() throws SQLException {
        String url = TestPostgres.freshDatabase();
        TestPostgres.execute(
                url,
                "ALTER DATABASE " + PostgresUrl.parse(url).database() + " SET DateStyle = 'SQL, DMY'",
                "ALTER DATABASE " + PostgresUrl.parse(url).database() + " SET IntervalStyle = 'iso_8601'",
                "ALTER DATABASE " + PostgresUrl.parse(url).database() + " SET bytea_output = 'escape'",
                "ALTER DATABASE " + PostgresUrl.parse(url).database() + " SET extra_float_digits = -5");
        TimeZone before = TimeZone.getDefault();
        TimeZone.setDefault(TimeZone.getTimeZone("Asia/Kolkata"));
        try (StreamConnection stream = new SourceConnections(PostgresUrl.parse(url)).openReplication(false)) {
            for (List<String> setting : List.of(
                    List.of("TimeZone", "UTC"),
                    List.of("DateStyle", "ISO, MDY"),
                    List.of("IntervalStyle", "postgres"),
                    List.of("bytea_output", "hex"),
                    List.of("extra_float_digits", "1"))) {
                assertThat(SingleValue.text(stream.connection(), "SHOW " + setting.getFirst()))
                        .as(setting.getFirst())
                        .isEqualTo(setting.getLast());
            }
        } finally {
            TimeZone.setDefault(before);
        }
    }

    @Test
    void aStreamIsToldWhetherSomethingHasCome() throws SQLException {
        String url = TestPostgres.freshDatabase();
        try (StreamConnection stream = new SourceConnections(PostgresUrl.parse(url)).openReplication(false)) {
            assertThat(stream.socket().isConnected()).isTrue();
            assertThat(stream.mayHaveInput()).isFalse();

            TestPostgres.execute(
                    url, "SELECT pg_terminate_backend(" + SourceConnections.backendPid(stream.connection()) + ")");

            Eventually.eventually("its farewell", stream::mayHaveInput);
        }
    }
}
