package nexus.command.start;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import nexus.command.environment.StartRefused;
import nexus.demo.DemoShape;
import nexus.store.JdbcSessions;
import nexus.store.PostgresUrl;
import nexus.store.SessionSettings;
import nexus.store.SqlReason;

/** The demo table {@code users}. An existing table of that name that is not the demo's is not changed. */
public final class DemoTable {
    private static final String CREATE = """
            CREATE TABLE IF NOT EXISTS public.users (
                id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
                email      text NOT NULL UNIQUE,
                name       text,
                created_at timestamptz NOT NULL DEFAULT now())""";

    private DemoTable() {}

    /** @throws StartRefused also when another relation has that name */
    public static void create(PostgresUrl source) throws StartRefused {
        try (Connection connection = JdbcSessions.open(source, SessionSettings.source());
                Statement statement = connection.createStatement()) {
            statement.execute(CREATE);
            try (ResultSet found = statement.executeQuery(DemoShape.FAULT)) {
                found.next();
                String fault = found.getString("fault");
                if (fault != null) {
                    throw new StartRefused("NEXUS_DEMO: the table public.users is not the demo's: " + fault
                            + "; rename it, or set NEXUS_DEMO=false");
                }
            }
        } catch (SQLException e) {
            throw new StartRefused("NEXUS_DEMO: the table users can't be created: " + SqlReason.of(e));
        }
    }
}
