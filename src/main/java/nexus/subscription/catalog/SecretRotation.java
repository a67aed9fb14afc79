package nexus.subscription.catalog;

import io.vertx.core.json.JsonObject;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import nexus.subscription.secret.SecretCipher;

/** Encrypts all targets again, with the current key. Nexus may run meanwhile if it knows both keys. */
public final class SecretRotation {
    /** Against changes of subscriptions meanwhile. A tombstone has no target. */
    private static final String LOCK = "LOCK TABLE " + SubscriptionRepository.CATALOG_LOCK + " IN EXCLUSIVE MODE";

    private static final String READ = """
            SELECT id, settings::text AS settings, target
            FROM nexus.subscription WHERE deleted_at IS NULL FOR UPDATE""";

    private static final String WRITE = "UPDATE nexus.subscription SET target = ?, target_digest = ?, fingerprint = ?,"
            + " version = (SELECT catalog_version FROM nexus.store) WHERE id = ?";

    private static final String RAISE_VERSION = "UPDATE nexus.store SET catalog_version = catalog_version + 1";

    private SecretRotation() {}

    /**
     * All or none.
     *
     * @param cipher knows the former key and the current one
     * @return how many subscriptions were encrypted with another key
     * @throws IllegalStateException when one was encrypted with a key that the cipher does not know
     */
    public static int run(Connection connection, SecretCipher cipher) throws SQLException {
        connection.setAutoCommit(false);
        int changed = 0;
        try (Statement statement = connection.createStatement();
                PreparedStatement write = connection.prepareStatement(WRITE)) {
            statement.execute(LOCK);
            statement.execute(RAISE_VERSION); // first, because the changed rows name it
            try (ResultSet row = statement.executeQuery(READ)) {
                while (row.next()) {
                    if (!cipher.isPresentKey(row.getBytes("target"))) {
                        rotate(row, write, cipher);
                        changed++;
                    }
                }
            }
            connection.commit();
            return changed;
        } catch (SQLException | RuntimeException e) {
            connection.rollback();
            throw e;
        }
    }

    private static void rotate(ResultSet row, PreparedStatement write, SecretCipher cipher) throws SQLException {
        UUID id = row.getObject("id", UUID.class);
        SubscriptionCodec codec = new SubscriptionCodec(cipher);
        SubscriptionCodec.Columns columns = codec.columns(
                id, codec.settings(id, new JsonObject(row.getString("settings")), row.getBytes("target")));
        write.setBytes(1, columns.target().getBytes());
        write.setBytes(2, columns.targetDigest().getBytes());
        write.setBytes(3, columns.fingerprint().getBytes());
        write.setObject(4, id);
        write.executeUpdate();
    }
}
