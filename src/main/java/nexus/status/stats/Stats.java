package nexus.status.stats;

/** All there ever was, Nexus's own events aside. */
record Stats(
        long eventsTotal,
        long deliveriesTotal,
        long deliveriesPending,
        long deliveriesSent,
        long deliveriesFailed,
        long deliveriesDead) {}
