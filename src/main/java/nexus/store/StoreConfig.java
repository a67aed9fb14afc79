package nexus.store;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Nexus's own database. */
@ConfigMapping(prefix = "nexus.store")
public interface StoreConfig {
    /** {@code DATABASE_URL}, or the embedded database's; checked by {@link PostgresUrl} before the start. */
    String url();

    /** Connections for the API and upkeep. Raise it when GETs wait for each other. */
    @WithDefault("6")
    int apiConnections();

    /** Connections for taking and settling what is owed. */
    @WithDefault("4")
    int queueConnections();

    /** Whether a pooler in session mode stands before it; found out before the start. */
    @WithDefault("false")
    boolean pooled();

    /**
     * How far a commit has to get. {@code local} where the source is in the same cluster: there a commit could wait for a
     * standby that Nexus itself is taken for, and capture would wait for itself.
     */
    @WithDefault("on")
    String synchronousCommit();

    /** Longest one statement may take: behind it, a request fails instead of waiting for ever. */
    @WithDefault("30s")
    Duration statementTimeout();
}
