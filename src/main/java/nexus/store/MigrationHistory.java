package nexus.store;

import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import javax.sql.DataSource;

/** What Flyway has noted in the store. To read it is a tenth of what Flyway takes to find that nothing is to be done. */
@Singleton
class MigrationHistory {
    private static final String EXISTS = "SELECT to_regclass('nexus.flyway_schema_history') IS NOT NULL";

    private static final String APPLIED = """
            SELECT script, checksum, success FROM nexus.flyway_schema_history
            WHERE type = 'SQL' ORDER BY installed_rank""";

    private final DataSource database;

    MigrationHistory(DataSource database) {
        this.database = database;
    }

    /** Whether every migration of this version has been applied as it is now, and none has failed. */
    boolean isComplete() throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            return exists(statement) && isComplete(statement);
        }
    }

    private static boolean exists(Statement statement) throws SQLException {
        try (ResultSet answer = statement.executeQuery(EXISTS)) {
            return answer.next() && answer.getBoolean(1);
        }
    }

    private static boolean isComplete(Statement statement) throws SQLException {
        Map<String, Integer> applied = new HashMap<>();
        try (ResultSet rows = statement.executeQuery(APPLIED)) {
            while (rows.next()) {
                if (!rows.getBoolean("success")) {
                    return false;
                }
                String script = rows.getString("script"); // with or without its folder
                // of a repeatable one the newest
                applied.put(script.substring(script.lastIndexOf('/') + 1), rows.getInt("checksum"));
            }
        }
        return applied.entrySet().containsAll(PackagedMigrations.checksums().entrySet());
    }
}
