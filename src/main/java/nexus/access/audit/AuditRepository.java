package nexus.access.audit;

import static nexus.store.NamedSql.parameter;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import nexus.api.caller.Caller;
import nexus.store.IndexedRead;
import nexus.store.NamedSql;
import nexus.store.Rows;
import nexus.store.Store;
import org.jspecify.annotations.Nullable;

/** The only class that inserts and changes rows of {@code audit}. */
@Singleton
public class AuditRepository {
    private static final NamedSql BEGIN =
            NamedSql.of("""
            INSERT INTO audit (actor, actor_name, address, user_agent, method, path)
            VALUES (:actor, :actor_name, :address, :user_agent, :method, :path) RETURNING id""", "actor", "actor_name", "address", "user_agent", "method", "path");

    private static final NamedSql COMPLETE = NamedSql.of(
            "UPDATE audit SET status = :status, resource_id = :resource_id, fields = :fields WHERE id = :id",
            "id",
            "status",
            "resource_id",
            "fields");

    /** Adds what is known of a request whose connection was closed before the answer, unless its change has completed the entry. */
    private static final NamedSql NOTE = NamedSql.of(
            "UPDATE audit SET resource_id = :resource_id, fields = :fields WHERE id = :id AND status IS NULL",
            "id",
            "resource_id",
            "fields");

    /** Removes the entry of a request that changed nothing. A change that is made later finds no entry to complete, and fails. */
    private static final NamedSql TAKE_BACK = NamedSql.of("DELETE FROM audit WHERE id = :id AND status IS NULL", "id");

    /** Entries read for one page, when most of them may not match. */
    private static final int SCANNED_ROWS = 2_000;

    /** The page that is requested. */
    private record Requested(Filter filter, long below, int limit) {
        private int scanned() {
            return filter.matchesAll() ? limit + 1 : Math.max(limit + 1, SCANNED_ROWS);
        }
    }

    /**
     * {@code :scanned} limits the entries that are read. When there are more, nothing is known about those below the horizon,
     * where the next page starts. An entry's time is that of its transaction, a little before or after its neighbours'.
     */
    private static final NamedSql.From<Requested> LIST = NamedSql.from(
            """
            WITH scanned AS MATERIALIZED (
                SELECT id, at, actor, actor_name, address, user_agent, method, path, resource_id, fields, status
                FROM audit WHERE id < :below ORDER BY id DESC LIMIT :scanned),
            horizon AS (
                SELECT CASE WHEN count(*) >= :scanned
                             AND (:since::timestamptz IS NULL OR min(at) >= :since::timestamptz - interval '10 minutes')
                            THEN min(id) END AS horizon_id
                FROM scanned),
            hit AS (
                SELECT * FROM scanned
                WHERE (:actor::text IS NULL OR actor = :actor)
                  AND (:resource_id::text IS NULL OR resource_id = :resource_id)
                  AND (:since::timestamptz IS NULL OR at >= :since)
                  AND (:until::timestamptz IS NULL OR at < :until)
                ORDER BY id DESC LIMIT :rows)
            SELECT horizon.horizon_id, hit.* FROM horizon LEFT JOIN hit ON true ORDER BY hit.id DESC""",
            parameter("below", Requested::below),
            parameter("actor", page -> page.filter().actor().orElse(null)),
            parameter("resource_id", page -> page.filter().resourceId().orElse(null)),
            parameter("since", page -> Rows.utc(page.filter().since())),
            parameter("until", page -> Rows.utc(page.filter().until())),
            parameter("rows", page -> page.limit() + 1),
            parameter("scanned", Requested::scanned));

    private final Store store;

    /** Which entries are requested. */
    public record Filter(
            Optional<String> actor, Optional<String> resourceId, Optional<Instant> since, Optional<Instant> until) {
        private boolean matchesAll() {
            return actor.isEmpty() && resourceId.isEmpty() && since.isEmpty() && until.isEmpty();
        }
    }

    /**
     * Some of the entries that are requested.
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
        return BEGIN.on(
                        store.access(),
                        caller.actor(),
                        caller.name().orElse(null),
                        origin.address().orElse(null),
                        origin.userAgent().orElse(null),
                        method,
                        path)
                .map(rows -> Rows.only(rows).getLong("id"));
    }

    public Future<Void> complete(long id, int status, @Nullable String resourceId, List<String> fields) {
        return complete(store.access(), id, status, resourceId, fields);
    }

    /** @param client the connection of the change's transaction, or one that commits immediately */
    public Future<Void> complete(
            SqlClient client, long id, int status, @Nullable String resourceId, List<String> fields) {
        return COMPLETE.on(client, id, status, resourceId, sorted(fields)).map(completed -> {
            if (completed.rowCount() == 0) {
                throw new IllegalStateException("the audit's entry of this change is gone");
            }
            return null;
        });
    }

    Future<Void> note(long id, Optional<String> resourceId, List<String> fields) {
        return NOTE.on(store.access(), id, resourceId.orElse(null), sorted(fields))
                .mapEmpty();
    }

    private static String[] sorted(List<String> fields) {
        return fields.stream().sorted().toArray(String[]::new);
    }

    public Future<Void> takeBack(long id) {
        return TAKE_BACK.on(store.access(), id).mapEmpty();
    }

    /** Reads entries below an id, newest first. */
    public Future<AuditPage> list(Filter filter, long below, int limit) {
        return reading(filter, below, limit).on(store.api()).map(rows -> page(rows, limit));
    }

    public static IndexedRead reading(Filter filter, long below, int limit) {
        return IndexedRead.of(LIST, new Requested(filter, below, limit));
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
                Rows.instant(row, "at"),
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
