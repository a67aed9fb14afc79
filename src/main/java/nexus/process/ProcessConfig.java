package nexus.process;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Set;

/** Settings of the whole process. */
@ConfigMapping(prefix = "nexus.process")
public interface ProcessConfig {
    /** {@code NEXUS_ROLES}. By default one process has all of them; split them to scale API and delivery separately. */
    @WithDefault("api,capture,deliver")
    Set<Role> roles();

    /** {@code SHUTDOWN_TIMEOUT}: how long a stop waits for in-flight requests. Must be below the platform's own limit. */
    @WithDefault("20s")
    Duration shutdownTimeout();

    /** Whether the database is the embedded one: set by the program, not by users. */
    @WithDefault("false")
    boolean embedded();
}
