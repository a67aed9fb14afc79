package nexus.bench.subject;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import nexus.store.PostgresUrl;
import nexus.store.SingleValue;

/** Blocking connections to the source database. */
public final class Sql {
    private Sql() {}

    public static Connection connect(PostgresUrl url) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", url.user());
        if (!url.password().isEmpty()) {
            properties.setProperty("password", url.password());
        }
        return DriverManager.getConnection(url.jdbcUrl(), properties);
    }

    public static long number(Connection connection, String query) throws SQLException {
        return (long) Double.parseDouble(text(connection, query));
    }

    public static String text(Connection connection, String query) throws SQLException {
        return SingleValue.text(connection, query);
    }
}
