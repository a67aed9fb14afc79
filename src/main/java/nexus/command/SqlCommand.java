package nexus.command;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nexus.command.environment.Environment;
import nexus.command.environment.StartRefused;
import nexus.command.environment.Variable;
import nexus.embedded.EmbeddedDatabase;
import nexus.store.JdbcSessions;
import nexus.store.PostgresUrl;
import nexus.store.SqlReason;
import nexus.terminal.Printable;

/** {@code nexus sql "…"}: statements on the source database, for people without psql. */
public final class SqlCommand implements Command {
    @Override
    public int run(List<String> arguments) throws StartRefused {
        if (arguments.size() != 1 || arguments.getFirst().isBlank()) {
            throw new StartRefused("usage: nexus sql \"SELECT …\"");
        }
        try (Connection connection = JdbcSessions.openAsUser(database(Environment.current()))) {
            print(connection, arguments.getFirst());
            return DONE;
        } catch (SQLException e) {
            System.err.println("nexus: " + Printable.line(SqlReason.of(e)));
            return FAILED;
        }
    }

    private static PostgresUrl database(Environment environment) throws StartRefused {
        Optional<String> url = environment
                .value(Variable.SOURCE_DATABASE_URL)
                .or(() -> environment.value(Variable.DATABASE_URL))
                .or(() -> EmbeddedDatabase.running(environment.home()));
        return PostgresUrl.parse(url.orElseThrow(() -> new StartRefused("no embedded database runs in "
                + environment.home() + ": start it with nexus serve, or set SOURCE_DATABASE_URL")));
    }

    private static void print(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            boolean rows = statement.execute(sql);
            while (rows || statement.getUpdateCount() >= 0) {
                System.out.println(rows ? table(statement.getResultSet()) : changed(statement.getUpdateCount()));
                rows = statement.getMoreResults();
            }
        }
    }

    private static String changed(int count) {
        return "(" + count + (count == 1 ? " row changed)" : " rows changed)");
    }

    private static String table(ResultSet result) throws SQLException {
        List<String> columns = new ArrayList<>();
        for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
            columns.add(result.getMetaData().getColumnLabel(i));
        }
        ResultTable table = new ResultTable(columns);
        while (result.next()) {
            List<String> row = new ArrayList<>();
            for (int i = 1; i <= columns.size(); i++) {
                row.add(Optional.ofNullable(result.getString(i)).orElse(""));
            }
            table.add(row);
        }
        return table.toString();
    }
}
