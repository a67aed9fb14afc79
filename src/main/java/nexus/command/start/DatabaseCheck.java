package nexus.command.start;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import nexus.command.environment.StartRefused;
import nexus.notation.SqlState;
import nexus.retry.Doubling;
import nexus.store.JdbcSessions;
import nexus.store.Pooling;
import nexus.store.PostgresUrl;
import nexus.store.SessionSettings;
import nexus.store.SqlReason;
import nexus.store.migration.MigrationHistory;
import nexus.store.migration.PackagedMigrations;
import nexus.store.migration.SchemaState;

/**
 * Checks the user's databases before a start. A problem that only an administrator can fix refuses the start; an
 * unreachable server is waited for.
 */
public final class DatabaseCheck {
    private static final Doubling WAITS = new Doubling(Duration.ofSeconds(1), Duration.ofSeconds(15));

    private final Consumer<String> say;

    /** @param say receives the lines that show the user why the start waits */
    public DatabaseCheck(Consumer<String> say) {
        this.say = say;
    }

    /**
     * A database that passed the checks.
     *
     * @param isPooled whether it is reached through a pooler in session mode
     */
    public record Found(ServerFacts server, boolean isPooled) {}

    /**
     * Returns when Nexus's own database is reachable and passes the checks; waits while it is unreachable.
     *
     * @param captured whether row changes are captured from it as well
     */
    public Found awaitStore(PostgresUrl url, boolean captured) throws StartRefused, InterruptedException {
        for (int attempts = 1; ; attempts++) {
            try {
                boolean isPooled = isPooled("DATABASE_URL", url);
                if (isPooled && captured) {
                    throw new StartRefused("DATABASE_URL (" + url + ") is a connection pooler, which passes no"
                            + " replication on; name the database with its direct port in SOURCE_DATABASE_URL, or in"
                            + " DATABASE_URL");
                }
                try (Connection connection = JdbcSessions.open(url, SessionSettings.store())) {
                    ServerFacts facts = ServerFacts.read(connection);
                    refuse("DATABASE_URL", url, facts.unfitAsStore());
                    refuse("DATABASE_URL", url, unfitSchema(connection));
                    if (captured) {
                        refuse("DATABASE_URL", url, facts.unfitAsSource());
                    }
                    return new Found(facts, isPooled);
                }
            } catch (SQLException e) {
                refuseUnlessPassing("DATABASE_URL", url, e);
                Duration wait = WAITS.nth(attempts);
                say.accept("DATABASE_URL (" + url + ") can't be reached, trying again in " + wait.toSeconds() + " s: "
                        + SqlReason.of(e));
                Thread.sleep(wait);
            }
        }
    }

    /** Why this program can't work with what is in the schema, and the fix; for a store that is fit otherwise. */
    public static Optional<String> unfitSchema(Connection store) throws SQLException {
        return schema(store) instanceof SchemaState.Unfit unfit
                ? Optional.of(unfit.problem() + "; " + unfit.fix())
                : Optional.empty();
    }

    /** The same for the embedded database, of which only the schema can be unfit. */
    public static void embedded(PostgresUrl url, Path home) throws StartRefused {
        try (Connection connection = JdbcSessions.open(url, SessionSettings.store())) {
            if (schema(connection) instanceof SchemaState.Unfit unfit) {
                throw new StartRefused("the embedded database in " + home + " " + unfit.problem()
                        + "; start the version that made it, or name another folder in NEXUS_HOME");
            }
        } catch (SQLException e) {
            throw new StartRefused("the embedded database in " + home + " can't be read: " + SqlReason.of(e));
        }
    }

    private static SchemaState schema(Connection store) throws SQLException {
        return MigrationHistory.state(store, PackagedMigrations.checksums());
    }

    /** @return empty when the source is unreachable; capture retries by itself */
    public Optional<ServerFacts> source(PostgresUrl url) throws StartRefused {
        try {
            if (isPooled("SOURCE_DATABASE_URL", url)) {
                throw new StartRefused("SOURCE_DATABASE_URL (" + url + ") is a connection pooler, which passes no"
                        + " replication on; write the direct port of PostgreSQL into it");
            }
            try (Connection connection = JdbcSessions.open(url, SessionSettings.source())) {
                ServerFacts facts = ServerFacts.read(connection);
                refuse("SOURCE_DATABASE_URL", url, facts.unfitAsSource());
                return Optional.of(facts);
            }
        } catch (SQLException e) {
            refuseUnlessPassing("SOURCE_DATABASE_URL", url, e);
            say.accept("SOURCE_DATABASE_URL (" + url + ") can't be reached; starting without it, capture keeps trying: "
                    + SqlReason.of(e));
            return Optional.empty();
        }
    }

    /** Runs before any setting is changed, because the session may be shared with other clients. */
    private static boolean isPooled(String variable, PostgresUrl url) throws SQLException, StartRefused {
        return switch (Pooling.of(url)) {
            case Pooling.Direct _ -> false;
            case Pooling.PerSession _ -> true;
            case Pooling.PerTransaction shared ->
                throw new StartRefused(variable + " (" + url + ") " + shared.refusal(url));
        };
    }

    private static void refuse(String variable, PostgresUrl url, Optional<String> problem) throws StartRefused {
        if (problem.isPresent()) {
            throw new StartRefused(variable + " (" + url + ") " + problem.get());
        }
    }

    private static void refuseUnlessPassing(String variable, PostgresUrl url, SQLException failure)
            throws StartRefused {
        if (SqlReason.passes(failure)) {
            return;
        }
        String state = SqlState.of(failure);
        String fix =
                switch (state) {
                    case SqlState.INVALID_PASSWORD -> ": correct the user and password in it";
                    case SqlState.INVALID_AUTHORIZATION_SPECIFICATION ->
                        ": correct the user in it, or allow it in the server's pg_hba.conf";
                    case SqlState.INVALID_CATALOG_NAME -> ": create the database, or name another one";
                    default -> "";
                };
        throw new StartRefused(variable + " (" + url + ") was turned down (" + SqlReason.of(failure) + ")" + fix);
    }
}
