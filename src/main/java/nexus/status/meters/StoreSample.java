package nexus.status.meters;

/**
 * A sample of the store; NaN means unknown.
 *
 * @param oldestDueSeconds age of the oldest due delivery of a lane that is not parked
 * @param oldestTransactionSeconds age of the oldest open transaction in the store's database that the role may see
 * @param deadTuples dead rows of the queue's tables, as estimated by PostgreSQL
 * @param openBreakers subscriptions with an open breaker
 * @param disabledSubscriptions subscriptions that Nexus disabled itself
 * @param dead dead deliveries, without those retried by hand
 */
public record StoreSample(
        double pending,
        double failed,
        double oldestDueSeconds,
        double oldestTransactionSeconds,
        double deadTuples,
        double openBreakers,
        double disabledSubscriptions,
        double dead) {
    static final StoreSample UNKNOWN = new StoreSample(
            Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN);
}
