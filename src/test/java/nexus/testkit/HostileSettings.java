package nexus.testkit;

import static nexus.testkit.TestPostgres.execute;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Settings of PostgreSQL, each with a value that would change what is delivered, or stop something. */
public final class HostileSettings {
    private HostileSettings() {}

    /** By name, those that this server has. */
    public static Map<String, String> all() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("search_path", "public, pg_catalog");
        settings.put("client_encoding", "LATIN1");
        settings.put("TimeZone", "Asia/Kolkata");
        settings.put("DateStyle", "SQL, DMY");
        settings.put("IntervalStyle", "iso_8601");
        settings.put("bytea_output", "escape");
        settings.put("extra_float_digits", "-5");
        settings.put("quote_all_identifiers", "on");
        settings.put("lc_monetary", "C.UTF-8");
        settings.put("lc_numeric", "C.UTF-8");
        settings.put("lc_time", "C.UTF-8");
        settings.put("xmlbinary", "hex");
        settings.put("xmloption", "document");
        settings.put("backslash_quote", "off");
        settings.put("array_nulls", "off");
        settings.put("transform_null_equals", "on");
        settings.put("row_security", "off");
        settings.put("check_function_bodies", "off");
        settings.put("default_transaction_isolation", "serializable");
        settings.put("default_transaction_read_only", "on");
        settings.put("default_transaction_deferrable", "on");
        settings.put("exit_on_error", "on");
        settings.put("client_min_messages", "debug5");
        settings.put("synchronous_commit", "off");
        settings.put("session_replication_role", "replica");
        if (TestPostgres.version() >= 17) {
            settings.put("restrict_nonsystem_relation_kind", "view");
        }
        timeouts().forEach(name -> settings.put(name, "1"));
        return settings;
    }

    /** In milliseconds: they end a session or its statements almost at once. */
    public static List<String> timeouts() {
        List<String> everywhere = List.of(
                "statement_timeout",
                "lock_timeout",
                "idle_in_transaction_session_timeout",
                "idle_session_timeout",
                "transaction_timeout");
        return TestPostgres.version() >= 17 ? everywhere : everywhere.subList(0, 4);
    }

    /**
     * Sets all of them.
     *
     * @param url of a session that they do not concern
     * @param alter the beginning of the statement: {@code ALTER ROLE ann}
     */
    public static void set(String url, String alter) {
        set(url, alter, all());
    }

    /** As the other, with other values. */
    public static void set(String url, String alter, Map<String, String> settings) {
        settings.forEach((name, value) -> execute(
                url, alter + " SET " + name + " = " + (name.equals("search_path") ? value : "'" + value + "'")));
    }
}
