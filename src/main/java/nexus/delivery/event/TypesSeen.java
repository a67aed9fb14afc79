package nexus.delivery.event;

import io.quarkus.runtime.annotations.RegisterForReflection;
import io.vertx.core.Future;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import nexus.event.EventBody;
import nexus.store.NamedSql;
import nexus.store.Rows;
import nexus.store.Store;

/** Reads which types the newest events have. */
@Singleton
public class TypesSeen {
    /** Events that are looked at, so the cost does not grow with the store. */
    private static final int LOOKED_AT = 20_000;

    private static final int MOST_TYPES = 500;

    private static final NamedSql NEWEST = NamedSql.of("""
            WITH newest AS MATERIALIZED (
                SELECT seq, id, type, created_at FROM event ORDER BY seq DESC LIMIT :events)
            SELECT type, count(*) AS events, (array_agg(id ORDER BY seq DESC))[1] AS last_id, max(created_at) AS last_at,
                   (SELECT count(*) FROM newest) AS looked_at
            FROM newest GROUP BY type ORDER BY max(seq) DESC LIMIT :types""", "events", "types");

    private final Store store;

    /**
     * The types of the newest events, the latest first.
     *
     * @param of number of events that were looked at
     */
    @RegisterForReflection
    public record Seen(long of, List<SeenType> data) {}

    /**
     * A type that was seen.
     *
     * @param events how many of them have this type
     */
    @RegisterForReflection
    public record SeenType(String type, long events, String lastEventId, String lastAt) {}

    @Inject
    public TypesSeen(Store store) {
        this.store = store;
    }

    public Future<Seen> newest() {
        return NEWEST.on(store.api(), LOOKED_AT, MOST_TYPES).map(rows -> {
            long lookedAt = rows.size() == 0 ? 0 : rows.iterator().next().getLong("looked_at");
            return new Seen(
                    lookedAt,
                    Rows.all(
                            rows,
                            row -> new SeenType(
                                    row.getString("type"),
                                    row.getLong("events"),
                                    row.getUUID("last_id").toString(),
                                    EventBody.timestamp(Rows.instant(row, "last_at")))));
        });
    }
}
