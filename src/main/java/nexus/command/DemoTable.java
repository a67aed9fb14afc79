package nexus.command;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import nexus.store.JdbcSessions;
import nexus.store.PostgresUrl;
import nexus.store.SessionSettings;
import nexus.store.SqlReason;

/** The table {@code users} that a new user tries things out with. Another table of that name is left as it is. */
final class DemoTable {
    private static final String CREATE = """
            CREATE TABLE IF NOT EXISTS public.users (
                id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
                email      text NOT NULL UNIQUE,
                name       text,
                created_at timestamptz NOT NULL DEFAULT now())""";

    /** Another role's table would run that role's triggers with the rights of Nexus. */
    private static final String OWNER = """
            SELECT pg_catalog.pg_get_userbyid(c.relowner) AS owner
            FROM pg_catalog.pg_class c
            WHERE c.oid = 'public.users'::pg_catalog.regclass
              AND pg_catalog.pg_get_userbyid(c.relowner) <> current_user""";

    private DemoTable() {}

    static void create(PostgresUrl source) throws StartRefused {
        try (Connection connection = JdbcSessions.open(source, SessionSettings.source());
                Statement statement = connection.createStatement()) {
            statement.execute(CREATE);
            try (ResultSet other = statement.executeQuery(OWNER)) {
                if (other.next()) {
                    throw new StartRefused("NEXUS_DEMO: there is a table users already, and it is role "
                            + other.getString("owner") + "'s; set NEXUS_DEMO=false");
                }
            }
        } catch (SQLException e) {
            throw new StartRefused("NEXUS_DEMO: the table users can't be created: " + SqlReason.of(e));
        }
    }
}
