package nexus.command.start;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import nexus.command.environment.StartRefused;
import nexus.store.JdbcSessions;
import nexus.store.Pooling;
import nexus.store.PostgresUrl;
import nexus.store.SessionSettings;
import nexus.store.SingleValue;
import nexus.store.SqlReason;

/** Keys created through the API. While one exists, the API is protected and API_KEYS is optional. */
public final class StoredKeys {
    private static final String HAS_TABLE = "SELECT to_regclass('nexus.api_key') IS NOT NULL";
    private static final String HAS_KEY =
            "SELECT EXISTS (SELECT FROM nexus.api_key WHERE expires_at IS NULL OR expires_at > now())";
    private static final String NOT_SET = "API_KEYS is not set: with DATABASE_URL the API is never open;"
            + " set API_KEYS to one or more keys (make one: openssl rand -hex 32)";

    private StoredKeys() {}

    /** @throws StartRefused when there is no key at all, or the store cannot be queried */
    public static void require(PostgresUrl store) throws StartRefused {
        try (Connection connection = JdbcSessions.open(store, SessionSettings.store())) {
            Optional<String> unfit = ServerFacts.read(connection).unfitAsStore();
            if (unfit.isPresent()) { // the objects in the schema may not be Nexus's
                throw new StartRefused("DATABASE_URL (" + store + ") " + unfit.get());
            }
            if (!SingleValue.isTrue(connection, HAS_TABLE) || !SingleValue.isTrue(connection, HAS_KEY)) {
                throw new StartRefused(NOT_SET);
            }
        } catch (Pooling.SharedSessionException e) {
            throw new StartRefused("DATABASE_URL " + e.getMessage());
        } catch (SQLException e) {
            throw new StartRefused(NOT_SET + "; the database can't be asked for stored ones: " + SqlReason.of(e));
        }
    }
}
