package nexus.access.audit;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import nexus.api.caller.Caller;
import nexus.store.IndexedRead;
import nexus.store.Rows;
import nexus.store.Store;
import org.jspecify.annotations.Nullable;

/** The only class that inserts and changes rows of {@code audit}. */
@Singleton
public class AuditRepository {
    private static final String BEGIN = """
            INSERT INTO audit (actor, actor_name, address, user_agent, method, path)
            VALUES ($1, $2, $3, $4, $5, $6) RETURNING id""";

    private static final String COMPLETE = "UPDATE audit SET status = $2, resource_id = $3, fields = $4 WHERE id = $1";

    /** Adds what is known of a request whose connection was closed before the answer, unless its change has completed the entry. */
    private static final String NOTE =
            "UPDATE audit SET resource_id = $2, fields = $3 WHERE id = $1 AND status IS NULL";

    /** Removes the entry of a request that changed nothing. A change that is made later finds no entry to complete, and fails. */
    private static final String TAKE_BACK = "DELETE FROM audit WHERE id = $1 AND status IS NULL";

    /** The greatest number of entries that one page reads, since most of them may not match. */
    private static final int SCANNED_ROWS = 2_000;

    /**
     * Reads at most $7 entries. If there are more, those below the last one are unknown; that one is the horizon, where the
     * next page starts. The times of neighbouring entries may be slightly out of order, because each is that of a transaction.
     */
    private static final String LIST = """
            WITH scanned AS MATERIALIZED (
                SELECT id, at, actor, actor_name, address, user_agent, method, path, resource_id, fields, status
                FROM audit WHERE id < $1 ORDER BY id DESC LIMIT $7),
            horizon AS (
                SELECT CASE WHEN count(*) >= $7
                             AND ($4::timestamptz IS NULL OR min(at) >= $4::timestamptz - interval '10 minutes')
                            THEN min(id) END AS horizon_id
                FROM scanned),
            hit AS (
                SELECT * FROM scanned
                WHERE ($2::text IS NULL OR actor = $2)
                  AND ($3::text IS NULL OR resource_id = $3)
                  AND ($4::timestamptz IS NULL OR at >= $4)
                  AND ($5::timestamptz IS NULL OR at < $5)
                ORDER BY id DESC LIMIT $6)
            SELECT horizon.horizon_id, hit.* FROM horizon LEFT JOIN hit ON true ORDER BY hit.id DESC""";

    private final Store store;

    /** Selects the entries of a list. */
    public record Filter(
            Optional<String> actor, Optional<String> resourceId, Optional<Instant> since, Optional<Instant> until) {
        private boolean matchesAll() {
            return actor.isEmpty() && resourceId.isEmpty() && since.isEmpty() && until.isEmpty();
        }
    }

    /**
     * One page of the selected entries.
     *
     * @param below the id below which the next page starts; empty at the end. A page may have fewer entries than its limit
     */
    public record AuditPage(List<AuditEntry> entries, OptionalLong below) {}

    /** The connection and the client that a change comes from. */
    public record Origin(Optional<String> address, Optional<String> userAgent) {}

    @Inject
    public AuditRepository(Store store) {
        this.store = store;
    }

    /** @return the id of the new entry */
    public Future<Long> begin(Caller caller, Origin origin, String method, String path) {
        return store.access()
                .preparedQuery(BEGIN)
                .execute(Tuple.of(
                        caller.actor(),
                        caller.name().orElse(null),
                        origin.address().orElse(null),
                        origin.userAgent().orElse(null),
                        method,
                        path))
                .map(rows -> Rows.only(rows).getLong(0));
    }

    public Future<Void> complete(long id, int status, @Nullable String resourceId, List<String> fields) {
        return complete(store.access(), id, status, resourceId, fields);
    }

    /** @param client the connection of the change's transaction, or one that commits immediately */
    public Future<Void> complete(
            SqlClient client, long id, int status, @Nullable String resourceId, List<String> fields) {
        return client.preparedQuery(COMPLETE)
                .execute(Tuple.of(id, status, resourceId, sorted(fields)))
                .map(completed -> {
                    if (completed.rowCount() == 0) {
                        throw new IllegalStateException("the audit's entry of this change is gone");
                    }
                    return null;
                });
    }

    Future<Void> note(long id, Optional<String> resourceId, List<String> fields) {
        return store.access()
                .preparedQuery(NOTE)
                .execute(Tuple.of(id, resourceId.orElse(null), sorted(fields)))
                .mapEmpty();
    }

    private static String[] sorted(List<String> fields) {
        return fields.stream().sorted().toArray(String[]::new);
    }

    public Future<Void> takeBack(long id) {
        return store.access().preparedQuery(TAKE_BACK).execute(Tuple.of(id)).mapEmpty();
    }

    /** Reads entries below an id, newest first. */
    public Future<AuditPage> list(Filter filter, long below, int limit) {
        return reading(filter, below, limit).on(store.api()).map(rows -> page(rows, limit));
    }

    public static IndexedRead reading(Filter filter, long below, int limit) {
        return new IndexedRead(
                LIST,
                Tuple.of(
                        below,
                        filter.actor().orElse(null),
                        filter.resourceId().orElse(null),
                        filter.since().map(Rows::utc).orElse(null),
                        filter.until().map(Rows::utc).orElse(null),
                        limit + 1,
                        filter.matchesAll() ? limit + 1 : Math.max(limit + 1, SCANNED_ROWS)));
    }

    private static AuditPage page(RowSet<Row> rows, int limit) {
        List<AuditEntry> entries = new ArrayList<>();
        OptionalLong below = OptionalLong.empty();
        for (Row row : rows) {
            if (entries.size() == limit) {
                return new AuditPage(entries, OptionalLong.of(entries.getLast().id()));
            }
            Long horizon = row.getLong("horizon_id");
            below = horizon == null ? OptionalLong.empty() : OptionalLong.of(horizon);
            if (row.getLong("id") != null) {
                entries.add(entry(row));
            }
        }
        return new AuditPage(entries, below);
    }

    private static AuditEntry entry(Row row) {
        return new AuditEntry(
                row.getLong("id"),
                row.getOffsetDateTime("at").toInstant(),
                row.getString("actor"),
                Optional.ofNullable(row.getString("actor_name")),
                Optional.ofNullable(row.getString("address")),
                Optional.ofNullable(row.getString("user_agent")),
                row.getString("method"),
                row.getString("path"),
                Optional.ofNullable(row.getString("resource_id")),
                List.of(row.getArrayOfStrings("fields")),
                Optional.ofNullable(row.getInteger("status")));
    }
}
