package nexus.command;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import nexus.store.PostgresUrl;
import nexus.store.SqlReason;

/**
 * Are the user's databases fit for a start? What only an administrator can mend refuses the start; a server that is
 * not there yet is waited for.
 */
final class DatabaseCheck {
    private static final Duration FIRST_WAIT = Duration.ofSeconds(1);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(15);

    private final Consumer<String> say;

    /** @param say takes the lines that tell the user what is being waited for */
    DatabaseCheck(Consumer<String> say) {
        this.say = say;
    }

    /**
     * Returns when Nexus's own database is there and fit; waits for it as long as it is not there.
     *
     * @param captured whether row changes are captured there too
     */
    void awaitStore(PostgresUrl url, boolean captured) throws StartRefused, InterruptedException {
        for (Duration wait = FIRST_WAIT; ; wait = longer(wait)) {
            try (Connection connection = Jdbc.connect(url)) {
                ServerFacts facts = ServerFacts.read(connection);
                refuse("DATABASE_URL", url, facts.unfitAsStore());
                if (captured) {
                    refuse("DATABASE_URL", url, facts.unfitAsSource());
                }
                return;
            } catch (SQLException e) {
                refuseUnlessPassing("DATABASE_URL", url, e);
                say.accept("DATABASE_URL (" + url + ") can't be reached, trying again in " + wait.toSeconds() + " s: "
                        + SqlReason.of(e));
                Thread.sleep(wait);
            }
        }
    }

    /** @return whether the source was there; capture goes on trying by itself when it was not */
    boolean source(PostgresUrl url) throws StartRefused {
        try (Connection connection = Jdbc.connect(url)) {
            refuse("SOURCE_DATABASE_URL", url, ServerFacts.read(connection).unfitAsSource());
            return true;
        } catch (SQLException e) {
            refuseUnlessPassing("SOURCE_DATABASE_URL", url, e);
            say.accept("SOURCE_DATABASE_URL (" + url + ") can't be reached; starting without it, capture keeps trying: "
                    + SqlReason.of(e));
            return false;
        }
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
        String state = Optional.ofNullable(failure.getSQLState()).orElse("");
        String fix =
                switch (state) {
                    case "28P01" -> ": correct the user and password in it";
                    case "28000" -> ": correct the user in it, or allow it in the server's pg_hba.conf";
                    case "3D000" -> ": create the database, or name another one";
                    default -> "";
                };
        throw new StartRefused(variable + " (" + url + ") was turned down (" + SqlReason.of(failure) + ")" + fix);
    }

    private static Duration longer(Duration wait) {
        Duration doubled = wait.multipliedBy(2);
        return doubled.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : doubled;
    }
}
