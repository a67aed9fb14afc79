package nexus.status.meters;

/**
 * What the store looks like at one moment; NaN is unknown.
 *
 * @param oldestDueSeconds for how long the delivery that is due longest could have been tried; parked ones aside
 * @param oldestTransactionSeconds in the store's database, as far as Nexus may see
 * @param deadTuples in {@code owed}, as PostgreSQL estimates
 * @param openBreakers subscriptions to which only probes are sent
 * @param disabledSubscriptions by Nexus, not by a person
 * @param dead deliveries given up so far, but for those retried by hand
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
