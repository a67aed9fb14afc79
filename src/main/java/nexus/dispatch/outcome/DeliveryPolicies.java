package nexus.dispatch.outcome;

import nexus.retry.Backoff;
import nexus.retry.RetryPolicy;
import nexus.subscription.Subscription;

/** The retry policy of a subscription: its own settings, with this process's as defaults. */
public record DeliveryPolicies(DeliveryConfig config) {

    public RetryPolicy of(Subscription subscription) {
        return new RetryPolicy(
                subscription.retry().policy().maxAttempts().orElse(config.maxAttempts()),
                new Backoff(
                        subscription
                                .retry()
                                .policy()
                                .baseSeconds()
                                .map(java.time.Duration::ofSeconds)
                                .orElse(config.backoffBase()),
                        subscription.retry().policy().cap().orElse(config.backoffCap())),
                subscription.retry().deadOn());
    }
}
