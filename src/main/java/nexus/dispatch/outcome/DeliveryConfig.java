package nexus.dispatch.outcome;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
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

    /** Bytes of bodies in memory for requests under way. Lower it in a small container. */
    @WithDefault("67108864")
    @Min(1048576)
    long bodyMemory();

    /**
     * Deliveries that are read before there is room for their requests, over all subscriptions; some hundred bytes each,
     * beside their bodies. Lower it in a small container.
     */
    @WithDefault("16384")
    @Min(64)
    @Max(1000000)
    int readAhead();

    /** Answered and not written down yet: with so many no request starts. What a crash repeats is no more than that. */
    @WithDefault("4096")
    @Min(64)
    @Max(1000000)
    int unsettled();

    /** {@code nexus.delivery.dead} tells of one delivery at once, of others of its subscription this much later. */
    @WithDefault("1m")
    Duration deadNoticeEvery();

    /**
     * {@code DELIVERY_DISABLE_AFTER}: a subscription whose every attempt has failed for so long is disabled. Raise it for
     * receivers that may be away for a week.
     */
    @WithDefault("5d")
    Duration disableAfter();

    /** When an endpoint that fails is left alone. */
    Breaker breaker();

    /** How often everything owed is looked through for what no signal told of, and for what is too old. */
    @WithDefault("30s")
    Duration sweep();

    /** How often lanes are looked at without a signal: another process may have taken events. */
    @WithDefault("5s")
    Duration poll();

    /** See {@link nexus.dispatch.lane.Breaker}. The defaults leave an endpoint alone that is down for seconds. */
    interface Breaker {
        /** It opens after so many failures in a row. */
        @WithDefault("10")
        @Min(1)
        int failuresInARow();

        /** It opens when more than this share of the results in {@link #window()} are failures. */
        @WithDefault("0.5")
        @DecimalMin("0.01")
        @DecimalMax("1")
        double failureShare();

        /** But not of fewer results than these. */
        @WithDefault("20")
        @Min(1)
        int minimumResults();

        /** How far back results count for {@link #failureShare()}; it slides on by sixths. */
        @WithDefault("1m")
        Duration window();

        /** From the opening to the first probe; doubles with each that fails. */
        @WithDefault("5s")
        Duration firstProbe();

        /** The longest wait for the next probe. */
        @WithDefault("5m")
        Duration longestProbe();
    }
}
