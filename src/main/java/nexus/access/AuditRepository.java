package nexus.access;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;
import nexus.api.Caller;
import nexus.store.Store;

/** The only class that inserts and changes rows of {@code audit}. */
@Singleton
class AuditRepository {
    private static final String BEGIN = """
            INSERT INTO audit (actor, actor_name, address, user_agent, method, path)
            VALUES ($1, $2, $3, $4, $5, $6) RETURNING id""";

    private static final String COMPLETE = "UPDATE audit SET status = $2, resource_id = $3, fields = $4 WHERE id = $1";

    /** Nothing was changed after all. */
    private static final String TAKE_BACK = "DELETE FROM audit WHERE id = $1";

    private static final String LIST = """
            SELECT id, at, actor, actor_name, address, user_agent, method, path, resource_id, fields, status
            FROM audit
            WHERE id < $1
              AND ($2::text IS NULL OR actor = $2)
              AND ($3::text IS NULL OR resource_id = $3)
              AND ($4::timestamptz IS NULL OR at >= $4)
              AND ($5::timestamptz IS NULL OR at < $5)
            ORDER BY id DESC
            LIMIT $6""";

    private final Store store;

    /** Which entries are asked for. */
    record Filter(
            Optional<String> actor, Optional<String> resourceId, Optional<Instant> since, Optional<Instant> until) {}

    /** Where a change comes from. */
    record Origin(Optional<String> address, Optional<String> userAgent) {}

    @Inject
    AuditRepository(Store store) {
        this.store = store;
    }

    /** @return the entry's id */
    Future<Long> begin(Caller caller, Origin origin, String method, String path) {
        return store.api()
                .preparedQuery(BEGIN)
                .execute(Tuple.of(
                        caller.actor(),
                        caller.name().orElse(null),
                        origin.address().orElse(null),
                        origin.userAgent().orElse(null),
                        method,
                        path))
                .map(rows -> rows.iterator().next().getLong(0));
    }

    Future<Void> complete(long id, int status, Optional<String> resourceId, List<String> fields) {
        return store.api()
                .preparedQuery(COMPLETE)
                .execute(Tuple.of(
                        id,
                        status,
                        resourceId.orElse(null),
                        fields.stream().sorted().toArray(String[]::new)))
                .mapEmpty();
    }

    Future<Void> takeBack(long id) {
        return store.api().preparedQuery(TAKE_BACK).execute(Tuple.of(id)).mapEmpty();
    }

    /** Newest first, those below an id. */
    Future<List<AuditEntry>> list(Filter filter, long below, int limit) {
        return store.api()
                .preparedQuery(LIST)
                .execute(Tuple.of(
                        below,
                        filter.actor().orElse(null),
                        filter.resourceId().orElse(null),
                        filter.since().map(AuditRepository::utc).orElse(null),
                        filter.until().map(AuditRepository::utc).orElse(null),
                        limit))
                .map(rows -> StreamSupport.stream(rows.spliterator(), false)
                        .map(AuditRepository::entry)
                        .toList());
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

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
