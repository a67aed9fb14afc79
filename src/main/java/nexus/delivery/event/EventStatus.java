package nexus.delivery.event;

import nexus.delivery.state.DeliveryCounts;

/** The status of an event, derived from its deliveries and not stored. */
public enum EventStatus {
    /** No delivery has been tried yet. */
    PENDING,
    /** Some deliveries are still owed. */
    PROCESSING,
    /** Every delivery was sent, or there is no subscription. */
    DELIVERED,
    /** All deliveries are settled: some were sent, some are dead. */
    PARTIALLY_DELIVERED,
    /** Every delivery is dead. */
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
