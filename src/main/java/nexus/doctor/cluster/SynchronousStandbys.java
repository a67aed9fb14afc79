package nexus.doctor.cluster;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import nexus.doctor.check.Check;
import nexus.doctor.server.Server;
import nexus.replication.source.SourceConnections;
import nexus.store.PostgresUrl;
import nexus.store.SingleValue;

/** Checks whether the source can count Nexus's stream as a synchronous standby. */
public final class SynchronousStandbys {
    private static final String READ = "SELECT pg_catalog.current_setting('synchronous_standby_names')";

    /** The part before the list: {@code 2 (a, b)}, {@code FIRST 2 (a, b)}, {@code ANY 2 (a, b)}. */
    private static final Pattern QUORUM = Pattern.compile("(?is)\\s*(?:(?:first|any)\\s+)?\\d+\\s*\\((.*)\\)\\s*");

    private static final Pattern NAME = Pattern.compile("\"((?:[^\"]|\"\")*)\"|[^\\s,\"]+");

    private SynchronousStandbys() {}

    public static String read(Connection connection) throws SQLException {
        return SingleValue.text(connection, READ);
    }

    public static Check check(Server server, String names, PostgresUrl source) {
        String check = "synchronous-standby";
        String stream = SourceConnections.streamName(source);
        if (!fits(names, stream)) {
            return Check.ok(check, names.isBlank() ? "none is asked for" : "Nexus is not among " + names);
        }
        return Check.warn(
                check,
                "synchronous_standby_names = " + names + " fits Nexus's stream " + stream
                        + ": a commit may be let go when Nexus has stored it, although no standby has it",
                server.platform().set("synchronous_standby_names", "FIRST 1 (<application_name of your standby>)"));
    }

    /** Compares like the server: ignores case, and {@code *} matches all names. */
    static boolean fits(String names, String stream) {
        Matcher quorum = QUORUM.matcher(names);
        Matcher name = NAME.matcher(quorum.matches() ? quorum.group(1) : names);
        while (name.find()) {
            String quoted = name.group(1);
            String one = quoted == null ? name.group() : quoted.replace("\"\"", "\"");
            if (one.equals("*") || one.equalsIgnoreCase(stream)) {
                return true;
            }
        }
        return false;
    }
}
