package nexus.replication.publication;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nexus.notation.SqlState;
import nexus.replication.table.Published.Member;
import nexus.store.NamedSql;
import org.jspecify.annotations.Nullable;

/**
 * Reads the row filters of publications as SQL. The server locks a table while it writes the filter as SQL, so this is the
 * only catalog query that a locked table can delay. The filter of such a table stays unread, and the others are used.
 */
final class RowFilters {
    private static final NamedSql READ = NamedSql.of("""
            SELECT r.prpubid::bigint AS publication, r.prrelid::bigint AS relation,
                   pg_catalog.pg_get_expr(r.prqual, r.prrelid) AS filter
            FROM pg_catalog.pg_publication_rel r
            WHERE r.prpubid = ANY (:publications) AND r.prrelid = ANY (:relations) AND r.prqual IS NOT NULL""", "publications", "relations");

    private static final String SHORT_LOCK_TIMEOUT = "SET LOCAL lock_timeout = '100ms'";

    /** After waiting this long for locked tables, the remaining filters stay unread. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);

    private RowFilters() {}

    /**
     * Replaces the unread filters of the members.
     *
     * @param connection in autocommit mode
     */
    static void read(Connection connection, Map<Long, PublicationRow> rows) throws SQLException {
        List<Long> filtered = new ArrayList<>();
        rows.values().forEach(row -> row.members().forEach((relation, member) -> {
            if (member.filter().isPresent() && !filtered.contains(relation)) {
                filtered.add(relation);
            }
        }));
        if (filtered.isEmpty() || areRead(connection, rows, filtered)) {
            return;
        }
        long deadline = System.nanoTime() + LONGEST_WAIT.toNanos();
        for (Long relation : filtered) {
            if (System.nanoTime() > deadline) {
                return;
            }
            areRead(connection, rows, List.of(relation));
        }
    }

    /** @return false when one of the tables is locked */
    private static boolean areRead(Connection connection, Map<Long, PublicationRow> rows, Collection<Long> relations)
            throws SQLException {
        Array publications = connection.createArrayOf("oid", rows.keySet().toArray());
        Array tables = connection.createArrayOf("oid", relations.toArray());
        connection.setAutoCommit(false);
        try (Statement settings = connection.createStatement();
                PreparedStatement statement = READ.prepare(connection, publications, tables)) {
            settings.execute(SHORT_LOCK_TIMEOUT);
            try (ResultSet found = statement.executeQuery()) {
                while (found.next()) {
                    PublicationRow row = rows.get(found.getLong("publication"));
                    @Nullable String filter = found.getString("filter"); // null when the table was just dropped
                    if (row != null && filter != null) {
                        row.members()
                                .computeIfPresent(
                                        found.getLong("relation"),
                                        (relation, member) -> new Member(
                                                member.columns(), Optional.of(filter), member.filterColumns()));
                    }
                }
            }
            connection.commit();
            return true;
        } catch (SQLException e) {
            if (!SqlState.is(e, SqlState.LOCK_NOT_AVAILABLE)) {
                throw e;
            }
            connection.rollback();
            return false;
        } finally {
            if (!connection.isClosed()) {
                connection.setAutoCommit(true);
            }
        }
    }
}
