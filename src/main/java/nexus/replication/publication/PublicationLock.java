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
 * Keeps the other processes of this store from changing the source's publications meanwhile. A lock in the store: in the
 * source there is none that needs a right which Nexus has there and others have not.
 *
 * <p>For the source's thread alone.
 */
@Singleton
public class PublicationLock {
    /** Longer than somebody's tables keep the publications waiting. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** The server waits two seconds for the lock each time. */
    private static final int TRIES = 2;

    private static final String LOCK = "LOCK TABLE nexus.publication_lock IN EXCLUSIVE MODE";

    private final Store store;
    private @Nullable Connection connection;

    @Inject
    public PublicationLock(Store store) {
        this.store = store;
    }

    /** @throws StoreUnavailableException when the store is away, or the lock could not be had in time */
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

    /** Also when it was not taken. A connection that broke has given it back already. */
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
                // it is being thrown away
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
