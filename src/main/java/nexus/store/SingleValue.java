package nexus.store;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Queries of one row with one column, over JDBC. The column needs no name. */
public final class SingleValue {
    private SingleValue() {}

    private interface Reading<T> {
        T read(ResultSet row) throws SQLException;
    }

    /** @throws SQLException if there is no row */
    public static boolean isTrue(Connection connection, String query) throws SQLException {
        return read(connection, query, row -> row.getBoolean(1));
    }

    /** @throws SQLException if there is no row */
    public static int number(Connection connection, String query) throws SQLException {
        return read(connection, query, row -> row.getInt(1));
    }

    /** @throws SQLException if there is no row */
    public static String text(Connection connection, String query) throws SQLException {
        return read(connection, query, row -> row.getString(1));
    }

    private static <T> T read(Connection connection, String query, Reading<T> reading) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return reading.read(row);
        }
    }
}
