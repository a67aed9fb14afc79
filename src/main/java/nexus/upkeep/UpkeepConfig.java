package nexus.upkeep;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Retention times, and the intervals of upkeep. */
@ConfigMapping(prefix = "nexus.upkeep")
public interface UpkeepConfig {
    /** {@code RETENTION}: how long events, deliveries and attempts are kept. At least DELIVERY_MAX_AGE. */
    @WithDefault("30d")
    Duration retention();

    /** {@code AUDIT_RETENTION}: how long audit entries are kept. */
    @WithDefault("365d")
    Duration auditRetention();

    /** How often counters are summed. Readers add the rows that are not summed yet, so this only bounds the table. */
    @WithDefault("5s")
    Duration counters();

    /** How often expired idempotency keys are deleted and the queue's tables are checked for dead rows. */
    @WithDefault("1m")
    Duration pruning();

    /** How often partitions are created and dropped. */
    @WithDefault("1h")
    Duration days();
}
