package nexus.subscription;

import nexus.subscription.target.TargetSettings;

/** What a caller asks for: a new subscription, or an existing one as it is to become. */
public record SubscriptionDraft(SubscriptionSettings settings, Mode mode) {
    public static SubscriptionDraft active(SubscriptionSettings settings) {
        return new SubscriptionDraft(settings, Mode.ACTIVE);
    }

    public SubscriptionDraft with(TargetSettings target) {
        return new SubscriptionDraft(settings.with(target), mode);
    }

    public SubscriptionDraft with(Mode other) {
        return new SubscriptionDraft(settings, other);
    }
}
