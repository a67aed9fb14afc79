package nexus.delivery.event;

import nexus.delivery.state.DeliveryCounts;

/** What became of an event: follows from its deliveries and is stored nowhere. */
public enum EventStatus {
    /** No delivery has been tried yet. */
    PENDING,
    /** Some deliveries are still under way. */
    PROCESSING,
    /** Every delivery was sent, or nobody subscribed. */
    DELIVERED,
    /** Nothing is under way any more: some were sent, some given up. */
    PARTIALLY_DELIVERED,
    /** Every delivery was given up. */
    DEAD;

    public static EventStatus of(DeliveryCounts counts) {
        boolean anySettled = counts.sent() > 0 || counts.dead() > 0;
        if (counts.failed() > 0 || (counts.pending() > 0 && anySettled)) {
            return PROCESSING;
        }
        if (counts.pending() > 0) {
            return PENDING;
        }
        if (counts.dead() == 0) {
            return DELIVERED;
        }
        return counts.sent() == 0 ? DEAD : PARTIALLY_DELIVERED;
    }
}
