package nexus.publish;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How long a repeated publish is recognised. */
@ConfigMapping(prefix = "nexus.upkeep")
public interface PublishConfig {
    /** {@code RETENTION}: how long an {@code eventId} is remembered. */
    @WithDefault("30d")
    Duration retention();
}
