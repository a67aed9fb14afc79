package nexus.subscription;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;

/** Encrypts all that is stored encrypted anew, with the present key. Nexus may run meanwhile if it knows both keys. */
public final class SecretRotation {
    private static final List<String> COLUMNS = List.of("secret", "previous_secret", "headers", "credentials");

    /** Against changes of subscriptions meanwhile. A tombstone has nothing but an empty secret. */
    private static final String LOCK = "SELECT pg_advisory_xact_lock(" + SubscriptionRepository.CATALOG_LOCK + ")";

    private static final String READ =
            "SELECT id, " + String.join(", ", COLUMNS) + " FROM nexus.subscription WHERE deleted_at IS NULL FOR UPDATE";

    private static final String WRITE = "UPDATE nexus.subscription SET secret = ?, previous_secret = ?, headers = ?,"
            + " credentials = ? WHERE id = ?";

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
        for (int i = 0; i < COLUMNS.size(); i++) {
            byte[] stored = row.getBytes(COLUMNS.get(i));
            isOld |= stored != null && !cipher.isPresentKey(stored);
            write.setBytes(i + 1, stored == null ? null : cipher.encrypt(cipher.decrypt(stored, id), id));
        }
        write.setObject(COLUMNS.size() + 1, id);
        if (isOld) {
            write.executeUpdate();
        }
        return isOld;
    }
}
