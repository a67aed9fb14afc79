package nexus.store.migration;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import nexus.store.SingleValue;

/**
 * Reads Flyway's history table in the store, which is much faster than a run of Flyway that finds nothing to do. The
 * caller first makes sure that no untrusted role could put a view in its place ({@link SchemaTrust}).
 */
public final class MigrationHistory {
    private static final String EXISTS = "SELECT to_regclass('nexus.flyway_schema_history') IS NOT NULL";

    private static final String APPLIED = """
            SELECT script, checksum, success FROM nexus.flyway_schema_history
            WHERE type = 'SQL' ORDER BY installed_rank""";

    private static final String HOLDS_OTHERS = """
            SELECT EXISTS (SELECT FROM pg_catalog.pg_class
                           WHERE relnamespace = to_regnamespace('nexus') AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
                             AND relname <> 'flyway_schema_history')""";

    private MigrationHistory() {}

    /** @param packaged each script of this program with its checksum */
    public static SchemaState state(Connection connection, Map<String, Integer> packaged) throws SQLException {
        List<AppliedMigration> applied = read(connection);
        if (applied.isEmpty() && SingleValue.isTrue(connection, HOLDS_OTHERS)) {
            return new SchemaState.Unfit(
                    "has a schema nexus with tables that are not Nexus's", "name another database");
        }
        return SchemaState.of(applied, packaged);
    }

    /** The applied migrations, oldest first; empty before the first start. */
    public static List<AppliedMigration> read(Connection connection) throws SQLException {
        List<AppliedMigration> applied = new ArrayList<>();
        if (!SingleValue.isTrue(connection, EXISTS)) {
            return applied;
        }
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(APPLIED)) {
            while (rows.next()) {
                String script = rows.getString("script"); // with or without its folder
                applied.add(new AppliedMigration(
                        script.substring(script.lastIndexOf('/') + 1),
                        rows.getInt("checksum"),
                        rows.getBoolean("success")));
            }
        }
        return applied;
    }
}
