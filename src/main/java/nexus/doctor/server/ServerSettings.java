package nexus.doctor.server;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Settings of a server, with the values that hold for the role.
 *
 * @param values sizes in bytes, times in milliseconds; negative values unchanged, and 0 for a value that is not a number
 * @param fixed settings of the server's command line, which ALTER SYSTEM does not change
 */
public record ServerSettings(Map<String, Long> values, Set<String> fixed) {
    public static final String SLOT_KEEP_SIZE = "max_slot_wal_keep_size";
    public static final String SENDER_TIMEOUT = "wal_sender_timeout";
    public static final String IDLE_SLOT_TIMEOUT = "idle_replication_slot_timeout";

    private static final String READ = """
            SELECT name, CASE vartype WHEN 'integer' THEN setting::bigint ELSE 0 END AS value,
                   coalesce(unit, '') AS unit, source = 'command line' AS fixed
            FROM pg_catalog.pg_settings
            WHERE name IN ('wal_level', 'max_slot_wal_keep_size', 'max_wal_size', 'wal_sender_timeout',
                           'idle_replication_slot_timeout', 'max_replication_slots', 'max_wal_senders',
                           'max_connections', 'superuser_reserved_connections', 'reserved_connections',
                           'autovacuum_freeze_max_age')""";

    private static final Map<String, Long> UNITS =
            Map.of("kB", 1L << 10, "MB", 1L << 20, "GB", 1L << 30, "s", 1000L, "min", 60_000L, "h", 3_600_000L);

    public ServerSettings {
        values = Map.copyOf(values);
        fixed = Set.copyOf(fixed);
    }

    public static ServerSettings read(Connection connection) throws SQLException {
        Map<String, Long> values = new HashMap<>();
        Set<String> fixed = new HashSet<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(READ)) {
            while (rows.next()) {
                long value = rows.getLong("value");
                long unit = UNITS.getOrDefault(rows.getString("unit"), 1L);
                values.put(rows.getString("name"), value < 0 ? value : value * unit);
                if (rows.getBoolean("fixed")) {
                    fixed.add(rows.getString("name"));
                }
            }
        }
        return new ServerSettings(values, fixed);
    }

    /** Empty when this version has no such setting. */
    public OptionalLong get(String name) {
        Long value = values.get(name);
        return value == null ? OptionalLong.empty() : OptionalLong.of(value);
    }

    /** How to change a setting. */
    public String set(Platform platform, String name, String value) {
        return fixed.contains(name) ? onCommandLine(name, value) : platform.set(name, value);
    }

    public String setAndRestart(Platform platform, String name, String value) {
        return fixed.contains(name) ? onCommandLine(name, value) : platform.setAndRestart(name, value);
    }

    private static String onCommandLine(String name, String value) {
        return "Start PostgreSQL with -c " + name + "=" + value + " (it was started with -c " + name
                + ", which ALTER SYSTEM can't change)";
    }

    public long get(String name, long otherwise) {
        return get(name).orElse(otherwise);
    }
}
