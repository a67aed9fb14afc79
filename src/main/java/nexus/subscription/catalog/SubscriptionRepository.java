package nexus.subscription.catalog;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.net.URI;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import nexus.api.caller.AuditedChange;
import nexus.refusal.Refusal;
import nexus.store.Store;
import nexus.subscription.Door;
import nexus.subscription.EndpointHealth;
import nexus.subscription.Subscription;
import nexus.subscription.SubscriptionSettings;
import nexus.subscription.Subscriptions;
import nexus.subscription.secret.SecretCipher;
import nexus.subscription.secret.SigningSecret;
import org.jspecify.annotations.Nullable;

/** The only class that writes {@code subscription} and {@code store.catalog_version}. */
@Singleton
public class SubscriptionRepository {
    /** A table without rows: locked as ROW SHARE by every intake, as EXCLUSIVE for a change of a subscription. */
    public static final String CATALOG_LOCK = "nexus.catalog_lock";

    private static final String COLUMNS = """
            id, lane, door, name, endpoint, event_types, headers, secret, ordering, concurrency, rate_limit, \
            retry_max_attempts, retry_base_seconds, retry_cap, dead_on, is_enabled, disabled_reason, held_until, \
            breaker_opened_at, breaker_probe_at, breaker_failed_probes, failing_since, failing_attempts, \
            created_at, updated_at, credentials, previous_secrets""";

    /** One statement, so one snapshot; a store without subscriptions still has a version. */
    private static final String LOAD_ALL = "SELECT catalog_version, s.xmin::text AS row_version, "
            + COLUMNS.replace("id, lane", "s.id, lane") + " FROM store LEFT JOIN subscription s ON deleted_at IS NULL";

    private static final String VERSION = "SELECT catalog_version FROM store";

    private static final String FIND = "SELECT " + COLUMNS + " FROM subscription WHERE id = $1 AND deleted_at IS NULL";

    private static final String LIST = "SELECT " + COLUMNS + """
             FROM subscription
            WHERE deleted_at IS NULL
              AND ($1::text IS NULL OR door = $1)
              AND ($2::boolean IS NULL OR is_enabled = $2)
              AND lane < $3
            ORDER BY lane DESC
            LIMIT $4""";

    private static final String LOCK = "LOCK TABLE " + CATALOG_LOCK + " IN EXCLUSIVE MODE";

    private static final String RAISE_VERSION = "UPDATE store SET catalog_version = catalog_version + 1";

    /** Under the present key or the one before: the index knows fingerprints under the same key alone. */
    private static final String FIND_SAME = """
            SELECT FROM subscription WHERE fingerprint IN ($1, $2) AND id <> $3 AND deleted_at IS NULL LIMIT 1""";

    private static final String INSERT = """
            INSERT INTO subscription (id, door, name, endpoint, endpoint_digest, event_types, fingerprint, headers, secret,
                                      ordering, concurrency, rate_limit, retry_max_attempts, retry_base_seconds,
                                      retry_cap, dead_on, is_enabled, credentials)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
            RETURNING
            """ + COLUMNS;

    /**
     * Who enables a subscription again, or names another endpoint, wants deliveries now: neither an old Retry-After nor
     * what is known of the endpoint's health outlives that.
     */
    private static final String UPDATE = """
            UPDATE subscription
            SET name = $2, endpoint = $3, endpoint_digest = $4, event_types = $5, fingerprint = $6,
                headers = $7, secret = $8, ordering = $9, concurrency = $10, rate_limit = $11, retry_max_attempts = $12,
                retry_base_seconds = $13, retry_cap = $14, dead_on = $15, is_enabled = $16, credentials = $17,
                disabled_reason = CASE WHEN $16 THEN NULL ELSE disabled_reason END,
                held_until = CASE WHEN $18 THEN NULL ELSE held_until END,
                breaker_opened_at = CASE WHEN $18 THEN NULL ELSE breaker_opened_at END,
                breaker_probe_at = CASE WHEN $18 THEN NULL ELSE breaker_probe_at END,
                breaker_failed_probes = CASE WHEN $18 THEN 0 ELSE breaker_failed_probes END,
                failing_since = CASE WHEN $18 THEN NULL ELSE failing_since END,
                failing_attempts = CASE WHEN $18 THEN 0 ELSE failing_attempts END,
                updated_at = now()
            WHERE id = $1 AND deleted_at IS NULL
            RETURNING
            """ + COLUMNS;

    /** The tombstone keeps no credentials. */
    private static final String DELETE = """
            UPDATE subscription SET deleted_at = now(), updated_at = now(), headers = NULL, secret = '',
                credentials = NULL, previous_secrets = '[]', endpoint = NULL
            WHERE id = $1 AND deleted_at IS NULL AND ($2::text IS NULL OR door = $2)""";

    private static final String ROTATE = """
            UPDATE subscription SET secret = $2, previous_secrets = $3, updated_at = now()
            WHERE id = $1 AND deleted_at IS NULL
            RETURNING
            """ + COLUMNS;

    private static final String DISABLE = """
            UPDATE subscription SET is_enabled = false, disabled_reason = $2, updated_at = now()
            WHERE id = $1 AND is_enabled AND deleted_at IS NULL""";

    /** The longest wait counts: requests under way at once may answer in any order. */
    private static final String HOLD = """
            UPDATE subscription SET held_until = greatest(held_until, $2)
            WHERE id = $1 AND deleted_at IS NULL""";

    /** Not for the endpoint that somebody has named meanwhile, nor for a subscription that somebody has disabled. */
    private static final String HEALTH = """
            UPDATE subscription
            SET breaker_opened_at = $3, breaker_probe_at = $4, breaker_failed_probes = $5,
                failing_since = $6, failing_attempts = $7
            WHERE id = $1 AND endpoint_digest IN ($2, $8) AND is_enabled AND deleted_at IS NULL""";

    private static final String UNIQUE_VIOLATION = "23505";

    private final Store store;
    private final SubscriptionCodec codec;
    private volatile Map<UUID, Read> lastRead = Map.of();

    /** A subscription as it was read; its row is another version after every change. */
    private record Read(String rowVersion, Subscription subscription) {}

    @Inject
    public SubscriptionRepository(Store store, SecretCipher cipher) {
        this.store = store;
        this.codec = new SubscriptionCodec(cipher);
    }

    /**
     * Every subscription that is not deleted, and the version of the catalog, in one snapshot. Those whose rows have not
     * changed since are the same objects as before: to decrypt and parse thousands at each change would take most of it.
     */
    public Future<Subscriptions> loadAll() {
        return store.api().preparedQuery(LOAD_ALL).execute().map(rows -> {
            Map<UUID, Read> before = lastRead;
            Map<UUID, Read> read = new HashMap<>();
            long version = 0;
            for (Row row : rows) {
                version = row.getLong("catalog_version");
                @Nullable UUID id = row.getUUID("id");
                if (id != null) {
                    String rowVersion = row.getString("row_version");
                    Read known = before.get(id);
                    read.put(
                            id,
                            known != null && known.rowVersion().equals(rowVersion)
                                    ? known
                                    : new Read(rowVersion, codec.subscription(row)));
                }
            }
            lastRead = read;
            return new Subscriptions(
                    version, read.values().stream().map(Read::subscription).toList());
        });
    }

    /** The version that {@link #loadAll} would find now. */
    public Future<Long> catalogVersion() {
        return store.api().preparedQuery(VERSION).execute().map(rows -> rows.iterator()
                .next()
                .getLong(0));
    }

    /** Empty when it never was or is deleted. */
    public Future<Optional<Subscription>> find(UUID id) {
        return store.api().preparedQuery(FIND).execute(Tuple.of(id)).map(rows -> subscriptions(rows)
                .findFirst());
    }

    /**
     * Newest first.
     *
     * @param door only those made there
     * @param enabled only those that are, or are not
     * @param below only lanes below this one: those behind an earlier page
     */
    public Future<List<Subscription>> list(
            Optional<Door> door, Optional<Boolean> enabled, Optional<Integer> below, int limit) {
        return store.api()
                .preparedQuery(LIST)
                .execute(Tuple.of(
                        door.map(SubscriptionRepository::word).orElse(null),
                        enabled.orElse(null),
                        below.orElse(Integer.MAX_VALUE),
                        limit))
                .map(rows -> subscriptions(rows).toList());
    }

    /** Fails with a {@link Refusal.Conflict} when there is one already that sends the same to the same place. */
    public Future<Subscription> insert(UUID id, Door door, SubscriptionSettings settings, AuditedChange audited) {
        List<@Nullable Object> values = new ArrayList<>(List.of(id, word(door)));
        values.addAll(codec.columns(id, settings));
        return changing(id, audited, connection -> isOnlyOne(connection, id, settings)
                        .compose(only -> connection.preparedQuery(INSERT).execute(Tuple.wrap(values))))
                .map(rows -> codec.subscription(rows.iterator().next()));
    }

    /**
     * Changes one, from what is stored now.
     *
     * @param change may throw a refusal; then nothing is changed
     * @return as it is then; fails with a {@link Refusal.NotFound}, or a {@link Refusal.Conflict} as for {@link #insert}
     */
    public Future<Subscription> update(
            UUID id, Function<Subscription, SubscriptionSettings> change, AuditedChange audited) {
        return changing(id, audited, connection -> present(connection, id).compose(before -> {
                    SubscriptionSettings after = change.apply(before);
                    List<@Nullable Object> values = new ArrayList<>(List.of(id));
                    values.addAll(codec.columns(id, after));
                    values.add((after.isEnabled() && !before.isEnabled())
                            || !after.endpointUrl().equals(before.endpointUrl()));
                    return isOnlyOne(connection, id, after)
                            .compose(only -> connection.preparedQuery(UPDATE).execute(Tuple.wrap(values)));
                }))
                .map(rows -> codec.subscription(rows.iterator().next()));
    }

    /** As the other, for nobody's request. */
    public Future<Subscription> insert(UUID id, Door door, SubscriptionSettings settings) {
        return insert(id, door, settings, AuditedChange.NONE);
    }

    /** As the other, for nobody's request. */
    public Future<Subscription> update(UUID id, Function<Subscription, SubscriptionSettings> change) {
        return update(id, change, AuditedChange.NONE);
    }

    /** As the other, for nobody's request. */
    public Future<Void> delete(UUID id, Optional<Door> door) {
        return delete(id, door, AuditedChange.NONE);
    }

    private Future<Subscription> present(SqlConnection connection, UUID id) {
        return connection.preparedQuery(FIND).execute(Tuple.of(id)).map(found -> subscriptions(found)
                .findFirst()
                .orElseThrow(() -> gone(id)));
    }

    private Future<Void> isOnlyOne(SqlConnection connection, UUID id, SubscriptionSettings settings) {
        List<Buffer> fingerprints = codec.fingerprints(settings);
        return connection
                .preparedQuery(FIND_SAME)
                .execute(Tuple.of(fingerprints.getFirst(), fingerprints.getLast(), id))
                .map(same -> {
                    if (same.rowCount() > 0) {
                        throw duplicate();
                    }
                    return null;
                });
    }

    /**
     * Leaves a tombstone, without which its deliveries could not be put to rest.
     *
     * @param door only if it was made there
     * @return fails with a {@link Refusal.NotFound}
     */
    public Future<Void> delete(UUID id, Optional<Door> door, AuditedChange audited) {
        return changing(id, audited, connection -> connection
                        .preparedQuery(DELETE)
                        .execute(Tuple.of(
                                id, door.map(SubscriptionRepository::word).orElse(null)))
                        .map(deleted -> {
                            if (deleted.rowCount() == 0) {
                                throw gone(id);
                            }
                            return deleted;
                        }))
                .mapEmpty();
    }

    /**
     * From now on the new secret signs, and until then the former one too. Secrets of earlier rotations keep their time.
     *
     * @param until not after {@code now}: the former one ends now
     * @return fails with a {@link Refusal.NotFound}, or a {@link Refusal.Conflict} when too many would sign
     */
    public Future<Subscription> rotate(
            UUID id, SigningSecret secret, Instant now, Instant until, AuditedChange audited) {
        return changing(id, audited, connection -> present(connection, id).compose(before -> connection
                        .preparedQuery(ROTATE)
                        .execute(Tuple.of(
                                id,
                                codec.encrypted(secret.text(), id),
                                codec.encrypted(before.replaced(now, until), id)))))
                .map(rows -> codec.subscription(rows.iterator().next()));
    }

    /**
     * Nexus itself gives up on an endpoint. The catalog has to be reloaded then.
     *
     * @param reason what {@code disabledReason} will say
     * @return false when it was disabled or deleted already
     */
    public Future<Boolean> disable(UUID id, String reason) {
        return changing(id, AuditedChange.NONE, connection -> connection
                        .preparedQuery(DISABLE)
                        .execute(Tuple.of(id, reason)))
                .map(disabled -> disabled.rowCount() > 0);
    }

    /** Nothing is sent to it before. Does not raise the version: whom an event is owed to does not change. */
    public Future<Void> hold(UUID id, Instant until) {
        return store.api().preparedQuery(HOLD).execute(Tuple.of(id, utc(until))).mapEmpty();
    }

    /**
     * What is now known of its endpoint. Does not raise the version.
     *
     * @param endpoint which it is about
     */
    public Future<Void> health(UUID id, URI endpoint, EndpointHealth health) {
        List<Buffer> digests = codec.digests(endpoint);
        return store.api()
                .preparedQuery(HEALTH)
                .execute(Tuple.of(
                        id,
                        digests.getFirst(),
                        health.opened().map(opened -> utc(opened.at())).orElse(null),
                        health.opened().map(opened -> utc(opened.nextProbeAt())).orElse(null),
                        health.opened().map(EndpointHealth.Opened::failedProbes).orElse(0),
                        health.failing().map(failing -> utc(failing.since())).orElse(null),
                        health.failing().map(EndpointHealth.Failing::attempts).orElse(0),
                        digests.getLast()))
                .mapEmpty();
    }

    private <T> Future<T> changing(UUID id, AuditedChange audited, Function<SqlConnection, Future<T>> change) {
        return locked(connection -> change.apply(connection).compose(changed -> connection
                .preparedQuery(RAISE_VERSION)
                .execute()
                .compose(raised -> audited.complete(connection, id.toString()))
                .map(done -> changed)));
    }

    private <T> Future<T> locked(Function<SqlConnection, Future<T>> work) {
        return store.api()
                .withTransaction(
                        connection -> connection.query(LOCK).execute().compose(locked -> work.apply(connection)))
                .recover(failure -> Future.failedFuture(
                        failure instanceof PgException e && UNIQUE_VIOLATION.equals(e.getSqlState())
                                ? duplicate()
                                : failure));
    }

    private static Refusal.Conflict duplicate() {
        return new Refusal.Conflict(
                "duplicate", "There is a subscription already that sends these event types to this URL.");
    }

    private static Refusal.NotFound gone(UUID id) {
        return new Refusal.NotFound("There is no subscription " + id + ".");
    }

    private Stream<Subscription> subscriptions(RowSet<Row> rows) {
        return StreamSupport.stream(rows.spliterator(), false).map(codec::subscription);
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    private static String word(Door door) {
        return door.name().toLowerCase(Locale.ROOT);
    }
}
