package nexus.dispatch.outcome;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;

/** Limits of delivering. The defaults suit one small instance. */
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

    /** {@code DELIVERY_MAX_AGE}: deliveries owed for longer become DEAD, tried or parked. */
    @WithDefault("72h")
    Duration maxAge();

    /** {@code DELIVERY_CONCURRENCY}: in-flight requests. Raise it when receivers are slow, not when PostgreSQL is. */
    @WithDefault("256")
    @Min(1)
    @Max(4096)
    int concurrency();

    /** Bytes of bodies in memory for in-flight requests. Lower it in a small container. */
    @WithDefault("67108864")
    @Min(1048576)
    long bodyMemory();

    /**
     * Deliveries of all subscriptions that are read before there is room for their requests; each takes some hundred bytes
     * besides its body. Lower it in a small container.
     */
    @WithDefault("16384")
    @Min(64)
    @Max(1000000)
    int readAhead();

    /** Most results that are not stored yet; at this number no request starts. A crash repeats at most that many. */
    @WithDefault("4096")
    @Min(64)
    @Max(1000000)
    int unsettled();

    /** The interval of further {@code nexus.delivery.dead} events of a subscription after the first one. */
    @WithDefault("1m")
    Duration deadNoticeEvery();

    /**
     * {@code DELIVERY_DISABLE_AFTER}: a subscription is disabled when every attempt has failed for this long. Raise it for
     * receivers that may be down for a week.
     */
    @WithDefault("5d")
    Duration disableAfter();

    /** When requests to a failing endpoint stop. */
    Breaker breaker();

    /** How often all owed deliveries are read for missed signals and for expired ones. */
    @WithDefault("30s")
    Duration sweep();

    /** How often lanes are read without a signal, because another process may have stored events. */
    @WithDefault("5s")
    Duration poll();

    /** See {@link nexus.dispatch.lane.Breaker}. With the defaults it opens for an endpoint that is down for seconds. */
    interface Breaker {
        /** Consecutive failures that open it. */
        @WithDefault("10")
        @Min(1)
        int failuresInARow();

        /** Share of failures among the results in {@link #window()} above which it opens. */
        @WithDefault("0.5")
        @DecimalMin("0.01")
        @DecimalMax("1")
        double failureShare();

        /** Fewest results for {@link #failureShare()}. */
        @WithDefault("20")
        @Min(1)
        int minimumResults();

        /** The time in which results count for {@link #failureShare()}; it moves by sixths. */
        @WithDefault("1m")
        Duration window();

        /** The time from the opening to the first probe; doubles with each failed probe. */
        @WithDefault("5s")
        Duration firstProbe();

        /** The longest wait for the next probe. */
        @WithDefault("5m")
        Duration longestProbe();
    }
}
