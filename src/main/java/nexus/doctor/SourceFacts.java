package nexus.doctor;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nexus.replication.PublicationPlan.Kind;
import nexus.replication.Publications;

/**
 * What was found at the source.
 *
 * @param functions those of {@code nexus.publish} and {@code nexus.annotate} that are installed
 */
record SourceFacts(
        Fact<ServerSettings> settings,
        Fact<SlotFacts> slot,
        Fact<Map<Kind, PublicationFacts>> publications,
        Fact<List<TableFacts>> tables,
        Fact<ActivityFacts> activity,
        Fact<Set<String>> functions) {

    private static final String FUNCTIONS = """
            SELECT p.proname FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
            WHERE n.nspname = 'nexus' AND p.proname IN ('publish', 'annotate')""";

    static SourceFacts read(Connection connection, Server server, Subject subject) {
        return new SourceFacts(
                Fact.of(() -> ServerSettings.read(connection)),
                Fact.of(() -> SlotFacts.read(connection, subject.slot())),
                Fact.of(() -> publications(connection, server, subject)),
                Fact.of(() -> TableFacts.read(connection)),
                Fact.of(() -> ActivityFacts.read(connection)),
                Fact.of(() -> functions(connection)));
    }

    private static Map<Kind, PublicationFacts> publications(Connection connection, Server server, Subject subject)
            throws SQLException {
        Publications names = new Publications(subject.publication());
        Map<Kind, PublicationFacts> publications = new EnumMap<>(Kind.class);
        for (Kind kind : Kind.values()) {
            PublicationFacts.read(connection, names.name(kind), server.version())
                    .ifPresent(facts -> publications.put(kind, facts));
        }
        return publications;
    }

    private static Set<String> functions(Connection connection) throws SQLException {
        Set<String> functions = new HashSet<>();
        try (PreparedStatement statement = connection.prepareStatement(FUNCTIONS);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                functions.add(rows.getString(1));
            }
        }
        return functions;
    }
}
