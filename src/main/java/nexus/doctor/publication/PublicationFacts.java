package nexus.doctor.publication;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import nexus.replication.publication.PublicationNote;
import nexus.replication.publication.PublicationPlan.Kind;
import nexus.replication.publication.Publications;
import nexus.replication.table.Published;

/**
 * The state of a publication.
 *
 * @param isOurs whether the role may change it
 * @param owner the role that owns it
 * @param note the note that Nexus keeps in its comment
 */
public record PublicationFacts(Published published, boolean isOurs, String owner, Optional<PublicationNote> note) {
    private static final String READ = """
            SELECT pg_catalog.pg_has_role(p.pubowner, 'usage') AS ours,
                   pg_catalog.pg_get_userbyid(p.pubowner)::text AS owner,
                   coalesce(pg_catalog.obj_description(p.oid, 'pg_publication'), '') AS comment
            FROM pg_catalog.pg_publication p WHERE p.pubname = ?""";

    /** The publications that exist. */
    public static Map<Kind, PublicationFacts> read(Connection connection, Publications names) throws SQLException {
        Map<Kind, PublicationFacts> facts = new EnumMap<>(Kind.class);
        for (Map.Entry<Kind, Published> published : names.published(connection).entrySet()) {
            try (PreparedStatement statement = connection.prepareStatement(READ)) {
                statement.setString(1, names.name(published.getKey()));
                try (ResultSet row = statement.executeQuery()) {
                    if (row.next()) { // else it was dropped in the meantime
                        facts.put(
                                published.getKey(),
                                new PublicationFacts(
                                        published.getValue(),
                                        row.getBoolean("ours"),
                                        row.getString("owner"),
                                        PublicationNote.parse(row.getString("comment"))));
                    }
                }
            }
        }
        return facts;
    }
}
