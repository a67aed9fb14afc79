package nexus.upkeep;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How long things are kept, and how often that is seen to. */
@ConfigMapping(prefix = "nexus.upkeep")
public interface UpkeepConfig {
    /** {@code RETENTION}: how long events, deliveries and attempts are kept. At least DELIVERY_MAX_AGE. */
    @WithDefault("30d")
    Duration retention();

    /** {@code AUDIT_RETENTION}: how long it is kept what was changed through the API. */
    @WithDefault("365d")
    Duration auditRetention();

    /** How often counters are summed up. The API adds what is not summed yet, so this is about table size only. */
    @WithDefault("5s")
    Duration counters();

    /** How often expired idempotency keys are deleted and the queue's table is looked at for dead rows. */
    @WithDefault("1m")
    Duration pruning();

    /** How often the days ahead and the days past are looked at. */
    @WithDefault("1h")
    Duration days();
}
