package nexus.doctor;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nexus.doctor.check.Fact;
import nexus.doctor.check.Subject;
import nexus.doctor.cluster.ActivityFacts;
import nexus.doctor.cluster.SynchronousStandbys;
import nexus.doctor.publication.PublicationFacts;
import nexus.doctor.publication.TableFacts;
import nexus.doctor.server.ServerSettings;
import nexus.doctor.slot.SlotFacts;
import nexus.replication.publication.PublicationPlan.Kind;
import nexus.replication.publication.Publications;
import nexus.store.SingleValue;

/**
 * The facts of the source.
 *
 * @param functions those of {@code nexus.publish} and {@code nexus.annotate} that are installed
 * @param encoding of the database, by its PostgreSQL name
 * @param synchronousStandbys the value of {@code synchronous_standby_names}
 */
record SourceFacts(
        Fact<ServerSettings> settings,
        Fact<SlotFacts> slot,
        Fact<Map<Kind, PublicationFacts>> publications,
        Fact<List<TableFacts>> tables,
        Fact<ActivityFacts> activity,
        Fact<Set<String>> functions,
        Fact<String> encoding,
        Fact<String> synchronousStandbys) {

    private static final String FUNCTIONS = """
            SELECT p.proname FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
            WHERE n.nspname = 'nexus' AND p.proname IN ('publish', 'annotate')""";

    private static final String ENCODING = """
            SELECT pg_catalog.pg_encoding_to_char(d.encoding) FROM pg_catalog.pg_database d
            WHERE d.datname = pg_catalog.current_database()""";

    static SourceFacts read(Connection connection, Subject subject) {
        return new SourceFacts(
                Fact.of(() -> ServerSettings.read(connection)),
                Fact.of(() -> SlotFacts.read(connection, subject.slot())),
                Fact.of(() -> PublicationFacts.read(connection, new Publications(subject.publication()))),
                Fact.of(() -> TableFacts.read(connection)),
                Fact.of(() -> ActivityFacts.read(connection)),
                Fact.of(() -> functions(connection)),
                Fact.of(() -> SingleValue.text(connection, ENCODING)),
                Fact.of(() -> SynchronousStandbys.read(connection)));
    }

    private static Set<String> functions(Connection connection) throws SQLException {
        Set<String> functions = new HashSet<>();
        try (PreparedStatement statement = connection.prepareStatement(FUNCTIONS);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                functions.add(rows.getString("proname"));
            }
        }
        return functions;
    }
}
