package nexus.replication.publication;

import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import nexus.replication.state.StoreUnavailableException;
import nexus.store.Store;
import org.jspecify.annotations.Nullable;

/**
 * Prevents the other processes of this store from changing the source's publications at the same time. The lock is in
 * the store, because every suitable lock of the source needs a right that Nexus may have there while others do not.
 *
 * <p>Used only on the source's thread.
 */
@Singleton
public class PublicationLock {
    /** Longer than locked tables of users delay the publications. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Each attempt waits up to two seconds in the server. */
    private static final int TRIES = 2;

    private static final String LOCK = "LOCK TABLE nexus.publication_lock IN EXCLUSIVE MODE";

    private final Store store;
    private @Nullable Connection connection;

    @Inject
    public PublicationLock(Store store) {
        this.store = store;
    }

    /** @throws StoreUnavailableException when the store is unavailable, or the lock was not free in time */
    public void take() {
        for (int tries = 1; ; tries++) {
            try {
                Connection open = connected();
                open.setAutoCommit(false);
                try (Statement statement = open.createStatement()) {
                    statement.execute(LOCK);
                }
                return;
            } catch (SQLException e) {
                release();
                if (tries == TRIES) {
                    throw new StoreUnavailableException(e);
                }
            }
        }
    }

    /** Releases the lock if it is held. A broken connection has released it already. */
    public void release() {
        Connection open = connection;
        if (open == null) {
            return;
        }
        try {
            open.rollback();
            open.setAutoCommit(true);
        } catch (SQLException e) {
            disconnect();
        }
    }

    @PreDestroy
    void disconnect() {
        Connection open = connection;
        connection = null;
        if (open != null) {
            try {
                open.close();
            } catch (SQLException e) {
                // the connection is discarded anyway
            }
        }
    }

    private Connection connected() throws SQLException {
        Connection known = connection;
        if (known == null || known.isClosed()) {
            known = store.blockingConnection(PATIENCE);
            connection = known;
        }
        return known;
    }
}
