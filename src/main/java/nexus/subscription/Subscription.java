package nexus.subscription;

import java.time.Instant;
import java.util.UUID;
import nexus.event.EventType;
import nexus.subscription.target.TargetSettings;

/**
 * Which events go where.
 *
 * @param lane the number under which its deliveries are kept; never used again
 */
public record Subscription(
        UUID id,
        int lane,
        Kind kind,
        SubscriptionSettings settings,
        SubscriptionState state,
        Instant createdAt,
        Instant updatedAt) {

    public String name() {
        return settings.name();
    }

    public Selection selection() {
        return settings.selection();
    }

    public TargetSettings target() {
        return settings.target();
    }

    public Flow flow() {
        return settings.flow();
    }

    public Retry retry() {
        return settings.retry();
    }

    public Mode mode() {
        return state.mode();
    }

    /** Whether the events that it selects become owed: it is active or paused. */
    public boolean isEnabled() {
        return mode().owes();
    }

    /** Whether its deliveries are sent. */
    public boolean isActive() {
        return mode().sends();
    }

    public boolean wants(EventType type) {
        return isEnabled() && selection().includes(type);
    }

    public Subscription with(SubscriptionState other) {
        return new Subscription(id, lane, kind, settings, other, createdAt, updatedAt);
    }

    /** As it is, for a change of some of it. */
    public SubscriptionDraft draft() {
        return new SubscriptionDraft(settings, mode());
    }

    /** The settings stay out of logs. */
    @Override
    public String toString() {
        return "Subscription[id=" + id + ", lane=" + lane + "]";
    }
}
