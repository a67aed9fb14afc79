package nexus.dispatch;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;

/** How deliveries leave this process, and when they are given up. The defaults suit one small instance. */
@ConfigMapping(prefix = "nexus.delivery")
public interface DeliveryConfig {
    /** {@code DELIVERY_MAX_ATTEMPTS}: attempts before a delivery is DEAD. A subscription may have its own. */
    @WithDefault("16")
    @Min(1)
    @Max(100)
    int maxAttempts();

    /** {@code DELIVERY_BACKOFF_BASE_SECONDS}: the first wait; doubles each time. */
    @WithDefault("5s")
    Duration backoffBase();

    /** {@code DELIVERY_BACKOFF_CAP}: the longest wait. */
    @WithDefault("10h")
    Duration backoffCap();

    /** {@code DELIVERY_MAX_AGE}: what is still owed after that becomes DEAD, tried or parked. */
    @WithDefault("72h")
    Duration maxAge();

    /** {@code DELIVERY_CONCURRENCY}: requests under way. Raise it when receivers are slow, not when Postgres is. */
    @WithDefault("256")
    @Min(1)
    @Max(4096)
    int concurrency();

    /** Bytes of bodies in memory for requests under way; one body above it goes alone. */
    @WithDefault("67108864")
    @Min(1048576)
    long bodyMemory();

    /** {@code nexus.delivery.dead} tells of one delivery at once, of others of its subscription this much later. */
    @WithDefault("1m")
    Duration deadNoticeEvery();

    /** How often everything owed is looked through for what no signal told of, and for what is too old. */
    @WithDefault("30s")
    Duration sweep();

    /** How often lanes are looked at without a signal: another process may have taken events. */
    @WithDefault("5s")
    Duration poll();
}
