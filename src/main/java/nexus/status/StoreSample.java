package nexus.status;

/**
 * What the store looks like at one moment; NaN is unknown.
 *
 * @param oldestDueSeconds for how long the delivery that is due longest could have been tried; parked ones aside
 * @param oldestTransactionSeconds in the store's database, as far as Nexus may see
 * @param deadTuples in {@code owed}, as PostgreSQL estimates
 */
record StoreSample(
        double pending, double failed, double oldestDueSeconds, double oldestTransactionSeconds, double deadTuples) {
    static final StoreSample UNKNOWN = new StoreSample(Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN);
}
