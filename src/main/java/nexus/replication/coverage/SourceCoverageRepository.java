package nexus.replication.coverage;

import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.sqlclient.Row;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import nexus.store.NamedSql;
import nexus.store.Store;
import nexus.subscription.warning.Warning;

/** The only class that writes {@code source_coverage}. */
@Singleton
public class SourceCoverageRepository {
    private static final String ALL =
            "SELECT subscription_id, fingerprint, changed_at::text AS since FROM source_coverage";

    private static final NamedSql LOSSES = NamedSql.of(
            "SELECT subscription_id, losses FROM source_coverage WHERE subscription_id = ANY (:subscriptions)",
            "subscriptions");

    private static final NamedSql SAVE = NamedSql.of("""
            INSERT INTO source_coverage AS known (subscription_id, fingerprint, losses)
            VALUES (:subscription, :fingerprint, :losses)
            ON CONFLICT (subscription_id) DO UPDATE
            SET fingerprint = excluded.fingerprint, losses = excluded.losses, changed_at = now()
            WHERE known.fingerprint <> excluded.fingerprint OR known.losses <> excluded.losses""", "subscription", "fingerprint", "losses");

    private static final NamedSql REMOVE =
            NamedSql.of("DELETE FROM source_coverage WHERE subscription_id = ANY (:subscriptions)", "subscriptions");

    private final Store store;

    @Inject
    public SourceCoverageRepository(Store store) {
        this.store = store;
    }

    /**
     * A stored row without its losses.
     *
     * @param since time of the last change of the row
     */
    record Known(String fingerprint, String since) {}

    Future<Map<UUID, Known>> all() {
        return store.api().preparedQuery(ALL).execute().map(rows -> {
            Map<UUID, Known> known = new HashMap<>();
            for (Row row : rows) {
                known.put(
                        row.getUUID("subscription_id"),
                        new Known(row.getString("fingerprint"), row.getString("since")));
            }
            return known;
        });
    }

    /** Contains only subscriptions with known losses. */
    Future<Map<UUID, List<Warning>>> losses(Collection<UUID> subscriptions) {
        return LOSSES.on(store.api(), (Object) subscriptions.toArray(UUID[]::new))
                .map(rows -> {
                    Map<UUID, List<Warning>> losses = new HashMap<>();
                    for (Row row : rows) {
                        JsonArray found = row.getJsonArray("losses");
                        if (!found.isEmpty()) {
                            losses.put(row.getUUID("subscription_id"), SubscriptionCoverage.warnings(found));
                        }
                    }
                    return losses;
                });
    }

    Future<Void> save(UUID subscription, SubscriptionCoverage coverage) {
        return SAVE.on(store.api(), subscription, coverage.fingerprint(), coverage.losses())
                .mapEmpty();
    }

    Future<Void> remove(Collection<UUID> subscriptions) {
        return REMOVE.on(store.api(), (Object) subscriptions.toArray(UUID[]::new))
                .mapEmpty();
    }
}
