package nexus.replication.trouble;

import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import nexus.store.Rows;
import nexus.store.Store;

/** The only class that writes {@code source_trouble}. */
@Singleton
public class SourceTroubleRepository {
    private static final String ADD = """
            INSERT INTO source_trouble AS known (slot, kind, count, first_at, last_at, last_of, last_reason)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            ON CONFLICT (slot, kind) DO UPDATE
            SET count = excluded.count
                    + CASE WHEN known.last_at < excluded.first_at - interval '7 days' THEN 0 ELSE known.count END,
                first_at = CASE WHEN known.last_at < excluded.first_at - interval '7 days'
                    THEN excluded.first_at ELSE known.first_at END,
                last_at = excluded.last_at, last_of = excluded.last_of, last_reason = excluded.last_reason""";

    private final Store store;

    @Inject
    public SourceTroubleRepository(Store store) {
        this.store = store;
    }

    /** Adds to the counts of the same kind. */
    Future<Void> add(String slot, SourceTroubles.Kind kind, SourceTroubles.Trouble trouble) {
        return store.api()
                .preparedQuery(ADD)
                .execute(Tuple.of(
                        slot,
                        kind.text(),
                        trouble.count(),
                        Rows.utc(trouble.firstAt()),
                        Rows.utc(trouble.lastAt()),
                        trouble.of(),
                        trouble.reason()))
                .mapEmpty();
    }
}
