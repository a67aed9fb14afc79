package nexus.subscription.catalog;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import nexus.subscription.SubscriptionSettings;
import nexus.subscription.secret.SecretCipher;

/** Encrypts all that is stored encrypted anew, with the present key. Nexus may run meanwhile if it knows both keys. */
public final class SecretRotation {
    private static final List<String> COLUMNS = List.of("secret", "headers", "credentials", "endpoint");

    /** Against changes of subscriptions meanwhile. A tombstone has nothing but an empty secret. */
    private static final String LOCK = "LOCK TABLE " + SubscriptionRepository.CATALOG_LOCK + " IN EXCLUSIVE MODE";

    private static final String READ = "SELECT id, " + String.join(", ", COLUMNS) + """
            , previous_secrets::text, array_to_json(event_types)::text AS event_types
            FROM nexus.subscription WHERE deleted_at IS NULL FOR UPDATE""";

    private static final String WRITE = """
            UPDATE nexus.subscription
            SET secret = ?, headers = ?, credentials = ?, endpoint = ?, endpoint_digest = ?, fingerprint = ?,
                previous_secrets = ?::jsonb
            WHERE id = ?""";

    private static final String RAISE_VERSION = "UPDATE nexus.store SET catalog_version = catalog_version + 1";

    private SecretRotation() {}

    /**
     * All or none.
     *
     * @param cipher knows the former key and the present one
     * @return how many subscriptions had something under another key
     * @throws IllegalStateException when one was encrypted with a key that the cipher does not know
     */
    public static int run(Connection connection, SecretCipher cipher) throws SQLException {
        connection.setAutoCommit(false);
        int changed = 0;
        try (Statement statement = connection.createStatement();
                PreparedStatement write = connection.prepareStatement(WRITE)) {
            statement.execute(LOCK);
            try (ResultSet row = statement.executeQuery(READ)) {
                while (row.next()) {
                    changed += rotate(row, write, cipher) ? 1 : 0;
                }
            }
            statement.execute(RAISE_VERSION);
            connection.commit();
            return changed;
        } catch (SQLException | RuntimeException e) {
            connection.rollback();
            throw e;
        }
    }

    private static boolean rotate(ResultSet row, PreparedStatement write, SecretCipher cipher) throws SQLException {
        UUID id = row.getObject("id", UUID.class);
        boolean isOld = false;
        int parameter = 0;
        for (String column : COLUMNS) {
            byte[] stored = row.getBytes(column);
            isOld |= stored != null && !cipher.isPresentKey(stored);
            write.setBytes(++parameter, stored == null ? null : anew(stored, id, cipher));
        }
        JsonArray previous = new JsonArray(row.getString("previous_secrets"));
        for (int i = 0; i < previous.size(); i++) {
            JsonObject secret = previous.getJsonObject(i);
            byte[] stored = HexFormat.of().parseHex(secret.getString("secret"));
            isOld |= !cipher.isPresentKey(stored);
            secret.put("secret", HexFormat.of().formatHex(anew(stored, id, cipher)));
        }
        String endpoint = cipher.decrypt(row.getBytes("endpoint"), id);
        write.setBytes(++parameter, cipher.digest(endpoint.getBytes(StandardCharsets.UTF_8)));
        Stream<String> eventTypes =
                new JsonArray(row.getString("event_types")).stream().map(String::valueOf);
        write.setBytes(++parameter, cipher.digest(SubscriptionSettings.sameness(endpoint, eventTypes)));
        write.setString(++parameter, previous.encode());
        write.setObject(++parameter, id);
        if (isOld) {
            write.executeUpdate();
        }
        return isOld;
    }

    private static byte[] anew(byte[] stored, UUID id, SecretCipher cipher) {
        return cipher.encrypt(cipher.decrypt(stored, id), id);
    }
}
