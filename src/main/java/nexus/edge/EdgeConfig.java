package nexus.edge;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;

/** Limits of connections and of their idle time. */
@ConfigMapping(prefix = "nexus.edge")
public interface EdgeConfig {
    /** Connections to the API. Each costs about 20 KiB. */
    @WithDefault("4096")
    @Min(1)
    @Max(1_000_000)
    int apiConnections();

    /** Connections to the management port: probes and scrapers need a handful. */
    @WithDefault("256")
    @Min(1)
    @Max(1_000_000)
    int managementConnections();

    /** From the connection to the end of its first request's headers. */
    @WithDefault("15s")
    Duration firstRequest();

    /** How long a connection may be idle, also between requests. */
    @WithDefault("75s")
    Duration idle();
}
