package nexus.subscription;

import nexus.subscription.target.TargetSettings;

/** What a caller asks for: a new subscription, or an existing one as it is to become. */
public record SubscriptionDraft(SubscriptionSettings settings, boolean isEnabled) {
    public static SubscriptionDraft enabled(SubscriptionSettings settings) {
        return new SubscriptionDraft(settings, true);
    }

    public SubscriptionDraft with(TargetSettings target) {
        return new SubscriptionDraft(settings.with(target), isEnabled);
    }
}
