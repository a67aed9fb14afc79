package nexus.publish;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How long publishers may repeat themselves. */
@ConfigMapping(prefix = "nexus.upkeep")
public interface PublishConfig {
    /** {@code RETENTION}: so long an {@code eventId} is taken. */
    @WithDefault("30d")
    Duration retention();
}
