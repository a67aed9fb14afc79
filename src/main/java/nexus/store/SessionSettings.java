package nexus.store;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Every session setting that changes the meaning of statements, the text of results or their time limits. A role, a
 * database or the server may change any of the defaults, so a session of Nexus relies on none of them.
 *
 * <p>The settings are sent to the server twice. As options of the start-up message they apply before the first
 * statement runs, whatever a role or database sets. A pooler may refuse or drop these options, so the first statement
 * sets them again. A setting that can end the session before its first statement completes must be among the options on
 * every server that knows it: {@link NewerSetting}.
 *
 * @param values in the order in which they are set; names and values are constants of this program
 */
public record SessionSettings(Map<String, String> values) {
    /**
     * {@code pg_temp} is last because it is searched first when it is not named. An unnamed {@code pg_catalog} is
     * searched before all others; it is named only if it is the only schema.
     */
    private static final String SOURCE_PATH = "pg_catalog, pg_temp";

    private static final String STORE_PATH = "nexus, pg_temp";

    private static final Map<String, String> TIMEOUTS = Map.of(
            "statement_timeout", "0",
            "lock_timeout", "0",
            "idle_in_transaction_session_timeout", "0",
            "idle_session_timeout", "0");

    private static final Map<String, String> COMMON = common();

    /** Settings that exist only on some servers, or that only some roles may change. */
    private static final String WHERE_KNOWN = """
            ;SELECT pg_catalog.set_config('transaction_timeout', '0', false)
            WHERE pg_catalog.current_setting('transaction_timeout', true) IS NOT NULL
            ;SELECT pg_catalog.set_config('restrict_nonsystem_relation_kind', '', false)
            WHERE pg_catalog.current_setting('restrict_nonsystem_relation_kind', true) IS NOT NULL
            ;SELECT pg_catalog.set_config('session_replication_role', 'origin', false)
            FROM pg_catalog.pg_roles WHERE rolname = session_user AND rolsuper""";

    public SessionSettings {
        values = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    private static Map<String, String> common() {
        Map<String, String> settings = new LinkedHashMap<>();
        // These settings control the text of values.
        settings.put("client_encoding", "UTF8");
        settings.put("TimeZone", "UTC");
        settings.put("DateStyle", "ISO, MDY");
        settings.put("IntervalStyle", "postgres");
        settings.put("bytea_output", "hex");
        settings.put("extra_float_digits", "1");
        settings.put("quote_all_identifiers", "off");
        settings.put("lc_monetary", "C");
        settings.put("lc_numeric", "C");
        settings.put("lc_time", "C");
        settings.put("xmlbinary", "base64");
        settings.put("xmloption", "content");
        // These settings control the meaning of statements.
        settings.put("standard_conforming_strings", "on");
        settings.put("backslash_quote", "safe_encoding");
        settings.put("array_nulls", "on");
        settings.put("transform_null_equals", "off");
        settings.put("row_security", "on");
        settings.put("check_function_bodies", "on");
        settings.put("plpgsql.extra_errors", "none");
        // These settings control transactions, messages and timeouts.
        settings.put("default_transaction_isolation", "read committed");
        settings.put("default_transaction_read_only", "off");
        settings.put("default_transaction_deferrable", "off");
        settings.put("exit_on_error", "off");
        settings.put("client_min_messages", "notice");
        settings.putAll(TIMEOUTS);
        return settings;
    }

    /**
     * Settings for a database whose roles are not trusted: only functions, operators and types of {@code pg_catalog}
     * are found by their unqualified names. A commit does not wait for a standby, which may be waiting for Nexus.
     */
    public static SessionSettings source() {
        return new SessionSettings(Map.of("search_path", SOURCE_PATH, "synchronous_commit", "local")).withCommon();
    }

    /** Settings for Nexus's own tables. */
    public static SessionSettings store() {
        return new SessionSettings(Map.of("search_path", STORE_PATH, "synchronous_commit", "on")).withCommon();
    }

    /** Settings for read-only queries: they only keep the server from ending the session before it has answered. */
    static SessionSettings withoutTimeouts() {
        return new SessionSettings(TIMEOUTS);
    }

    private SessionSettings withCommon() {
        Map<String, String> all = new LinkedHashMap<>(values);
        all.putAll(COMMON);
        return new SessionSettings(all);
    }

    public SessionSettings with(Map<String, String> others) {
        Map<String, String> all = new LinkedHashMap<>(values);
        all.putAll(others);
        return new SessionSettings(all);
    }

    public SessionSettings with(String name, String value) {
        return with(Map.of(name, value));
    }

    /** The start-up parameter {@code options}, in which a blank or a backslash is escaped. */
    String options() {
        return values.entrySet().stream()
                .map(setting ->
                        "-c " + setting.getKey() + "=" + setting.getValue().replaceAll("[\\\\\\s]", "\\\\$0"))
                .collect(Collectors.joining(" "));
    }

    /** The first statement of a session. It relies on no setting, because each name in it is qualified. */
    String statement() {
        return values.entrySet().stream()
                        .map(setting -> "pg_catalog.set_config(" + literal(setting.getKey()) + ", "
                                + literal(setting.getValue()) + ", false)")
                        .collect(Collectors.joining(", ", "SELECT ", ""))
                + WHERE_KNOWN;
    }

    private static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }
}
