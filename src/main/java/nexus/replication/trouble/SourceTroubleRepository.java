package nexus.replication.trouble;

import static nexus.store.NamedSql.parameter;

import io.vertx.core.Future;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import nexus.store.NamedSql;
import nexus.store.Rows;
import nexus.store.Store;

/** The only class that writes {@code source_trouble}. */
@Singleton
public class SourceTroubleRepository {
    private static final NamedSql.From<Added> ADD = NamedSql.from(
            """
            INSERT INTO source_trouble AS known (slot, kind, count, first_at, last_at, last_of, last_reason)
            VALUES (:slot, :kind, :count, :first_at, :last_at, :of, :reason)
            ON CONFLICT (slot, kind) DO UPDATE
            SET count = excluded.count
                    + CASE WHEN known.last_at < excluded.first_at - interval '7 days' THEN 0 ELSE known.count END,
                first_at = CASE WHEN known.last_at < excluded.first_at - interval '7 days'
                    THEN excluded.first_at ELSE known.first_at END,
                last_at = excluded.last_at, last_of = excluded.last_of, last_reason = excluded.last_reason""",
            parameter("slot", Added::slot),
            parameter("kind", added -> added.kind().text()),
            parameter("count", added -> added.trouble().count()),
            parameter("first_at", added -> Rows.utc(added.trouble().firstAt())),
            parameter("last_at", added -> Rows.utc(added.trouble().lastAt())),
            parameter("of", added -> added.trouble().of()),
            parameter("reason", added -> added.trouble().reason()));

    private record Added(String slot, SourceTroubles.Kind kind, SourceTroubles.Trouble trouble) {}

    private final Store store;

    @Inject
    public SourceTroubleRepository(Store store) {
        this.store = store;
    }

    /** Adds to the counts of the same kind. */
    Future<Void> add(String slot, SourceTroubles.Kind kind, SourceTroubles.Trouble trouble) {
        return ADD.on(store.api(), new Added(slot, kind, trouble)).mapEmpty();
    }
}
