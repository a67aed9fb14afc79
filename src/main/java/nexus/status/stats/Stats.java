package nexus.status.stats;

/** Totals since the store was created, without Nexus's own events. */
record Stats(
        long eventsTotal,
        long deliveriesTotal,
        long deliveriesPending,
        long deliveriesSent,
        long deliveriesFailed,
        long deliveriesDead) {}
