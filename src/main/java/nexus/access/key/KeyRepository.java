package nexus.access.key;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import nexus.api.caller.AuditedChange;
import nexus.refusal.Refusal;
import nexus.store.Rows;
import nexus.store.Store;

/** The only class that writes {@code api_key}. */
@Singleton
class KeyRepository {
    /** The limit exists because every process keeps all keys in memory. */
    static final int MAX_KEYS = 1_000;

    private static final String COLUMNS = "id, number, name, scopes, digest, created_at, expires_at, last_used_at";

    private static final String ALL = "SELECT " + COLUMNS + " FROM api_key";

    private static final String FIND = "SELECT " + COLUMNS + " FROM api_key WHERE id = $1";

    private static final String WITH_DIGEST = "SELECT " + COLUMNS + " FROM api_key WHERE digest = $1";

    private static final String LIST =
            "SELECT " + COLUMNS + " FROM api_key WHERE number < $1 ORDER BY number DESC LIMIT $2";

    private static final String INSERT = """
            INSERT INTO api_key (id, name, scopes, digest, expires_at)
            SELECT $1, $2, $3, $4, $5 WHERE (SELECT count(*) FROM api_key) < $6
            RETURNING
            """ + COLUMNS;

    private static final String DELETE = "DELETE FROM api_key WHERE id = $1";

    private static final String USED = """
            UPDATE api_key SET last_used_at = greatest(last_used_at, used.at)
            FROM unnest($1::uuid[], $2::timestamptz[]) used (id, at) WHERE api_key.id = used.id""";

    private final Store store;

    @Inject
    KeyRepository(Store store) {
        this.store = store;
    }

    Future<List<StoredKey>> all() {
        return store.access().preparedQuery(ALL).execute().map(rows -> keys(rows)
                .toList());
    }

    Future<Optional<StoredKey>> find(UUID id) {
        return store.api().preparedQuery(FIND).execute(Tuple.of(id)).map(rows -> keys(rows)
                .findFirst());
    }

    Future<Optional<StoredKey>> with(Digest digest) {
        return store.access()
                .preparedQuery(WITH_DIGEST)
                .execute(Tuple.of(Buffer.buffer(digest.bytes())))
                .map(rows -> keys(rows).findFirst());
    }

    /** Reads keys below a number, newest first. */
    Future<List<StoredKey>> list(long below, int limit) {
        return store.api().preparedQuery(LIST).execute(Tuple.of(below, limit)).map(rows -> keys(rows)
                .toList());
    }

    /** Fails with a {@link Refusal.Conflict} when there are too many. */
    Future<StoredKey> insert(UUID id, KeyRequest request, Digest digest, AuditedChange audited) {
        Tuple values = Tuple.of(
                id,
                request.name(),
                request.rights().stream().map(Right::word).sorted().toArray(String[]::new),
                Buffer.buffer(digest.bytes()),
                request.expiresAt().map(Rows::utc).orElse(null),
                MAX_KEYS);
        return changing(INSERT, values, id, audited, KeyRepository::tooMany)
                .map(rows -> keys(rows).findFirst().orElseThrow());
    }

    private static Refusal tooMany() {
        return new Refusal.Conflict("too-many-keys", "There are " + MAX_KEYS + " keys; delete some first.");
    }

    private static Refusal gone() {
        return new Refusal.NotFound("There is no key with this id.");
    }

    /** @param refusal the failure if nothing is changed; the audit entry is then not completed */
    private Future<RowSet<Row>> changing(
            String statement, Tuple values, UUID id, AuditedChange audited, Supplier<Refusal> refusal) {
        return store.api()
                .withTransaction(connection -> connection
                        .preparedQuery(statement)
                        .execute(values)
                        .compose(changed -> changed.rowCount() == 0
                                ? Future.<RowSet<Row>>failedFuture(refusal.get())
                                : audited.complete(connection, id.toString()).map(changed)))
                .compose(Future::succeededFuture);
    }

    /** Fails with a {@link Refusal.NotFound} when there is no such key. */
    Future<Void> delete(UUID id, AuditedChange audited) {
        return changing(DELETE, Tuple.of(id), id, audited, KeyRepository::gone).mapEmpty();
    }

    /** Stores the time of the last use of each key in this process. */
    Future<Void> used(Map<UUID, Instant> uses) {
        UUID[] ids = uses.keySet().toArray(UUID[]::new);
        OffsetDateTime[] times = Stream.of(ids)
                .map(id -> Rows.utc(uses.getOrDefault(id, Instant.EPOCH)))
                .toArray(OffsetDateTime[]::new);
        return store.access()
                .preparedQuery(USED)
                .execute(Tuple.of((Object) ids, (Object) times))
                .mapEmpty();
    }

    private static Stream<StoredKey> keys(RowSet<Row> rows) {
        return StreamSupport.stream(rows.spliterator(), false).map(KeyRepository::key);
    }

    private static StoredKey key(Row row) {
        return new StoredKey(
                row.getUUID("id"),
                row.getLong("number"),
                row.getString("name"),
                Stream.of(row.getArrayOfStrings("scopes")).map(Right::of).collect(Collectors.toSet()),
                Digest.ofStored(row.getBuffer("digest").getBytes()),
                row.getOffsetDateTime("created_at").toInstant(),
                Optional.ofNullable(row.getOffsetDateTime("expires_at")).map(OffsetDateTime::toInstant),
                Optional.ofNullable(row.getOffsetDateTime("last_used_at")).map(OffsetDateTime::toInstant));
    }
}
