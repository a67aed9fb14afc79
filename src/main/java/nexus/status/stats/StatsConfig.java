package nexus.status.stats;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How far counts reach back. */
@ConfigMapping(prefix = "nexus.upkeep")
public interface StatsConfig {
    /** {@code RETENTION}: how long counts by hour are kept. */
    @WithDefault("30d")
    Duration retention();
}
