package nexus.command;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import nexus.command.environment.Environment;
import nexus.command.environment.StartRefused;
import nexus.command.environment.Variable;
import nexus.command.start.DatabaseCheck;
import nexus.command.start.ServerFacts;
import nexus.embedded.EmbeddedDatabase;
import nexus.store.JdbcSessions;
import nexus.store.PostgresUrl;
import nexus.store.SessionSettings;
import nexus.store.SqlReason;
import nexus.subscription.catalog.SecretRotation;
import nexus.subscription.secret.SecretCipher;
import nexus.terminal.Printable;

/** {@code nexus rotate-key}: re-encrypts stored secrets from NEXUS_SECRET_KEY_OLD to NEXUS_SECRET_KEY. */
public final class RotateKeyCommand implements Command {
    @Override
    public int run(List<String> arguments) throws StartRefused {
        if (!arguments.isEmpty()) {
            throw new StartRefused("usage: nexus rotate-key");
        }
        Environment environment = Environment.current();
        SecretCipher cipher = new SecretCipher(
                key(environment, Variable.NEXUS_SECRET_KEY),
                Optional.of(key(environment, Variable.NEXUS_SECRET_KEY_OLD)));
        String url = environment
                .value(Variable.DATABASE_URL)
                .or(() -> EmbeddedDatabase.running(environment.home()))
                .orElseThrow(() ->
                        new StartRefused("no embedded database runs in " + environment.home() + ": set DATABASE_URL"));
        try (Connection connection = JdbcSessions.open(PostgresUrl.parse(url), SessionSettings.store())) {
            Optional<String> unfit = ServerFacts.read(connection).unfitAsStore();
            if (unfit.isEmpty()) {
                unfit = DatabaseCheck.unfitSchema(connection);
            }
            if (unfit.isPresent()) {
                throw new StartRefused("DATABASE_URL (" + PostgresUrl.parse(url) + ") " + unfit.get());
            }
            int changed = SecretRotation.run(connection, cipher);
            System.out.println(changed + (changed == 1 ? " subscription" : " subscriptions")
                    + " encrypted anew; NEXUS_SECRET_KEY_OLD is needed no longer once every process has the new key");
            return DONE;
        } catch (SQLException e) {
            System.err.println("nexus: " + Printable.line(SqlReason.of(e)));
            return FAILED;
        } catch (IllegalStateException e) {
            System.err.println("nexus: " + Printable.line(String.valueOf(e.getMessage())) + "; nothing was changed");
            return FAILED;
        }
    }

    private static byte[] key(Environment environment, Variable variable) throws StartRefused {
        return Base64.getDecoder()
                .decode(environment
                        .value(variable)
                        .orElseThrow(() -> new StartRefused(variable + " is not set: rotate-key needs NEXUS_SECRET_KEY"
                                + " (the new key) and NEXUS_SECRET_KEY_OLD (the one before)")));
    }
}
