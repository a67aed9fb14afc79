package nexus.status;

/**
 * What the store looks like at one moment; NaN is unknown.
 *
 * @param oldestDueSeconds for how long the delivery that is due longest could have been tried; parked ones aside
 * @param oldestTransactionSeconds in the store's database, as far as Nexus may see
 * @param deadTuples in {@code owed}, as PostgreSQL estimates
 * @param openBreakers subscriptions to which only probes are sent
 */
record StoreSample(
        double pending,
        double failed,
        double oldestDueSeconds,
        double oldestTransactionSeconds,
        double deadTuples,
        double openBreakers) {
    static final StoreSample UNKNOWN =
            new StoreSample(Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN);
}
