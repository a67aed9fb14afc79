package nexus.access.key;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nexus.api.caller.AuditedChange;
import nexus.refusal.Refusal;
import nexus.store.NamedSql;
import nexus.store.Rows;
import nexus.store.Store;

/** The only class that writes {@code api_key}. */
@Singleton
class KeyRepository {
    /** The limit exists because every process keeps all keys in memory. */
    static final int MAX_KEYS = 1_000;

    private static final String COLUMNS = "id, number, name, scopes, digest, created_at, expires_at, last_used_at";

    private static final NamedSql ALL = NamedSql.of("SELECT " + COLUMNS + " FROM api_key");

    private static final NamedSql FIND = NamedSql.of("SELECT " + COLUMNS + " FROM api_key WHERE id = :id", "id");

    private static final NamedSql WITH_DIGEST =
            NamedSql.of("SELECT " + COLUMNS + " FROM api_key WHERE digest = :digest", "digest");

    private static final NamedSql LIST = NamedSql.of(
            "SELECT " + COLUMNS + " FROM api_key WHERE number < :below ORDER BY number DESC LIMIT :limit",
            "below",
            "limit");

    private static final NamedSql INSERT =
            NamedSql.of("""
            INSERT INTO api_key (id, name, scopes, digest, expires_at)
            SELECT :id, :name, :scopes, :digest, :expires_at WHERE (SELECT count(*) FROM api_key) < :most
            RETURNING
            """ + COLUMNS, "id", "name", "scopes", "digest", "expires_at", "most");

    private static final NamedSql DELETE = NamedSql.of("DELETE FROM api_key WHERE id = :id", "id");

    private static final NamedSql USED = NamedSql.of("""
            UPDATE api_key SET last_used_at = greatest(last_used_at, used.at)
            FROM unnest(:ids::uuid[], :times::timestamptz[]) used (id, at) WHERE api_key.id = used.id""", "ids", "times");

    private final Store store;

    @Inject
    KeyRepository(Store store) {
        this.store = store;
    }

    Future<List<StoredKey>> all() {
        return ALL.on(store.access()).map(rows -> Rows.all(rows, KeyRepository::key));
    }

    Future<Optional<StoredKey>> find(UUID id) {
        return FIND.on(store.api(), id).map(rows -> Rows.first(rows, KeyRepository::key));
    }

    Future<Optional<StoredKey>> with(Digest digest) {
        return WITH_DIGEST
                .on(store.access(), Buffer.buffer(digest.bytes()))
                .map(rows -> Rows.first(rows, KeyRepository::key));
    }

    /** Reads keys below a number, newest first. */
    Future<List<StoredKey>> list(long below, int limit) {
        return LIST.on(store.api(), below, limit).map(rows -> Rows.all(rows, KeyRepository::key));
    }

    /** Fails with a {@link Refusal.Conflict} when there are too many. */
    Future<StoredKey> insert(UUID id, KeyRequest request, Digest digest, AuditedChange audited) {
        String[] scopes = request.rights().stream().map(Right::word).sorted().toArray(String[]::new);
        Buffer stored = Buffer.buffer(digest.bytes());
        return changing(
                        connection -> INSERT.on(
                                connection,
                                id,
                                request.name(),
                                scopes,
                                stored,
                                Rows.utc(request.expiresAt()),
                                MAX_KEYS),
                        id,
                        audited,
                        KeyRepository::tooMany)
                .map(rows -> key(Rows.only(rows)));
    }

    private static Refusal tooMany() {
        return new Refusal.Conflict("too-many-keys", "There are " + MAX_KEYS + " keys; delete some first.");
    }

    private static Refusal gone() {
        return new Refusal.NotFound("There is no key with this id.");
    }

    /** @param refusal the failure if nothing is changed; the audit entry is then not completed */
    private Future<RowSet<Row>> changing(
            Function<SqlConnection, Future<RowSet<Row>>> change,
            UUID id,
            AuditedChange audited,
            Supplier<Refusal> refusal) {
        return store.api()
                .withTransaction(connection -> change.apply(connection)
                        .compose(changed -> changed.rowCount() == 0
                                ? Future.<RowSet<Row>>failedFuture(refusal.get())
                                : audited.complete(connection, id.toString()).map(changed)))
                .compose(Future::succeededFuture);
    }

    /** Fails with a {@link Refusal.NotFound} when there is no such key. */
    Future<Void> delete(UUID id, AuditedChange audited) {
        return changing(connection -> DELETE.on(connection, id), id, audited, KeyRepository::gone)
                .mapEmpty();
    }

    /** Stores the time of the last use of each key in this process. */
    Future<Void> used(Map<UUID, Instant> uses) {
        UUID[] ids = uses.keySet().toArray(UUID[]::new);
        OffsetDateTime[] times = Stream.of(ids)
                .map(id -> Rows.utc(uses.getOrDefault(id, Instant.EPOCH)))
                .toArray(OffsetDateTime[]::new);
        return USED.on(store.access(), ids, times).mapEmpty();
    }

    private static StoredKey key(Row row) {
        return new StoredKey(
                row.getUUID("id"),
                row.getLong("number"),
                row.getString("name"),
                Stream.of(row.getArrayOfStrings("scopes")).map(Right::of).collect(Collectors.toSet()),
                Digest.ofStored(row.getBuffer("digest").getBytes()),
                Rows.instant(row, "created_at"),
                Rows.time(row, "expires_at"),
                Rows.time(row, "last_used_at"));
    }
}
