package nexus.store;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Nexus's own database. */
@ConfigMapping(prefix = "nexus.store")
public interface StoreConfig {
    /** {@code DATABASE_URL}, or the URL of the embedded database; {@link PostgresUrl} checks it before the start. */
    String url();

    /** Connections for the API and upkeep. Raise it if GET requests wait for each other. */
    @WithDefault("6")
    int apiConnections();

    /** Connections for reading and settling owed deliveries. */
    @WithDefault("4")
    int queueConnections();

    /** Whether a pooler in session mode is in front of the store; detected before the start. */
    @WithDefault("false")
    boolean pooled();

    /**
     * The value of {@code synchronous_commit}. It is {@code local} if the source is in the same cluster: a commit there
     * could wait for a standby, Nexus's own stream could be taken for that standby, and capture would wait for itself.
     */
    @WithDefault("on")
    String synchronousCommit();

    /** Maximum time of one statement; a request that needs longer fails instead of waiting for ever. */
    @WithDefault("30s")
    Duration statementTimeout();
}
