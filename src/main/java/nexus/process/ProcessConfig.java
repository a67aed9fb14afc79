package nexus.process;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Set;

/** What concerns the whole process. */
@ConfigMapping(prefix = "nexus.process")
public interface ProcessConfig {
    /** {@code NEXUS_ROLES}. Split them to scale the API and delivery apart; one process with all of them is the norm. */
    @WithDefault("api,capture,deliver")
    Set<Role> roles();

    /** {@code SHUTDOWN_TIMEOUT}: how long a stop may wait for requests under way. Below the platform's own limit. */
    @WithDefault("20s")
    Duration shutdownTimeout();

    /** Whether the database is the embedded one: set by the program, not by a user. */
    @WithDefault("false")
    boolean embedded();
}
