package nexus.command;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import nexus.store.PostgresUrl;
import nexus.store.SqlReason;

/** The table {@code users} that a new user tries things out with. Another table of that name is left as it is. */
final class DemoTable {
    private static final String CREATE = """
            CREATE TABLE IF NOT EXISTS public.users (
                id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
                email      text NOT NULL UNIQUE,
                name       text,
                created_at timestamptz NOT NULL DEFAULT now())""";

    private DemoTable() {}

    static void create(PostgresUrl source) throws StartRefused {
        try (Connection connection = Jdbc.connect(source);
                Statement statement = connection.createStatement()) {
            statement.execute(CREATE);
        } catch (SQLException e) {
            throw new StartRefused("NEXUS_DEMO: the table users can't be created: " + SqlReason.of(e));
        }
    }
}
