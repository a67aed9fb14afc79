package nexus.command;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import nexus.store.PostgresUrl;
import org.postgresql.PGProperty;

/** Blocking connections, for what happens before or without the running application. */
final class Jdbc {
    private Jdbc() {}

    static Connection connect(PostgresUrl url) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", url.user());
        if (!url.password().isEmpty()) {
            properties.setProperty("password", url.password());
        }
        // A server, or what stands in front of it, may take the connection and say nothing.
        PGProperty.LOGIN_TIMEOUT.set(properties, url.connectTimeoutSeconds() + 5);
        return DriverManager.getConnection(url.jdbcUrl(), properties);
    }
}
