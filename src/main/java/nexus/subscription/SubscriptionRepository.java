package nexus.subscription;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import nexus.Refusal;
import nexus.event.TypePattern;
import nexus.store.Store;
import org.jspecify.annotations.Nullable;

/** The only class that writes {@code subscription} and {@code store.catalog_version}. */
@Singleton
public class SubscriptionRepository {
    /** Advisory lock: shared by every intake, exclusive for a change of a subscription. */
    public static final long CATALOG_LOCK = 7_310_001;

    private static final String COLUMNS = """
            id, lane, door, name, endpoint_url, event_types, headers, secret, ordering, concurrency, \
            rate_limit, retry_max_attempts, retry_base_seconds, retry_cap, dead_on, is_enabled, disabled_reason, \
            held_until, breaker_opened_at, breaker_probe_at, breaker_failed_probes, failing_since, failing_attempts, \
            created_at, updated_at, credentials, previous_secret, previous_secret_until""";

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

    private static final String LOCK = "SELECT pg_advisory_xact_lock(" + CATALOG_LOCK + ")";

    private static final String RAISE_VERSION = "UPDATE store SET catalog_version = catalog_version + 1";

    private static final String INSERT = """
            INSERT INTO subscription (id, door, name, endpoint_url, event_types, fingerprint, headers, secret, ordering,
                                      concurrency, rate_limit, retry_max_attempts, retry_base_seconds, retry_cap,
                                      dead_on, is_enabled, credentials)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
            RETURNING
            """ + COLUMNS;

    /**
     * Who enables a subscription again, or names another endpoint, wants deliveries now: neither an old Retry-After nor
     * what is known of the endpoint's health outlives that.
     */
    private static final String UPDATE = """
            UPDATE subscription
            SET name = $2, endpoint_url = $3, event_types = $4, fingerprint = $5, headers = $6, secret = $7,
                ordering = $8, concurrency = $9, rate_limit = $10, retry_max_attempts = $11, retry_base_seconds = $12,
                retry_cap = $13, dead_on = $14, is_enabled = $15, credentials = $16,
                previous_secret = CASE WHEN $17 THEN NULL ELSE previous_secret END,
                previous_secret_until = CASE WHEN $17 THEN NULL ELSE previous_secret_until END,
                disabled_reason = CASE WHEN $15 THEN NULL ELSE disabled_reason END,
                held_until = CASE WHEN fresh.start THEN NULL ELSE held_until END,
                breaker_opened_at = CASE WHEN fresh.start THEN NULL ELSE breaker_opened_at END,
                breaker_probe_at = CASE WHEN fresh.start THEN NULL ELSE breaker_probe_at END,
                breaker_failed_probes = CASE WHEN fresh.start THEN 0 ELSE breaker_failed_probes END,
                failing_since = CASE WHEN fresh.start THEN NULL ELSE failing_since END,
                failing_attempts = CASE WHEN fresh.start THEN 0 ELSE failing_attempts END,
                updated_at = now()
            FROM (SELECT ($15 AND NOT is_enabled) OR endpoint_url <> $3 AS start FROM subscription WHERE id = $1) fresh
            WHERE id = $1 AND deleted_at IS NULL
            RETURNING
            """ + COLUMNS;

    /** The tombstone keeps no credentials. */
    private static final String DELETE = """
            UPDATE subscription SET deleted_at = now(), updated_at = now(), headers = NULL, secret = '',
                credentials = NULL, previous_secret = NULL, previous_secret_until = NULL
            WHERE id = $1 AND deleted_at IS NULL AND ($2::text IS NULL OR door = $2)""";

    private static final String ROTATE = """
            UPDATE subscription
            SET secret = $2, previous_secret = CASE WHEN $3 > now() THEN secret END,
                previous_secret_until = CASE WHEN $3 > now() THEN $3 END, updated_at = now()
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
            WHERE id = $1 AND endpoint_url = $2 AND is_enabled AND deleted_at IS NULL""";

    private static final String UNIQUE_VIOLATION = "23505";

    private final Store store;
    private final SecretCipher cipher;
    private volatile Map<UUID, Read> lastRead = Map.of();

    /** A subscription as it was read; its row is another version after every change. */
    private record Read(String rowVersion, Subscription subscription) {}

    @Inject
    public SubscriptionRepository(Store store, SecretCipher cipher) {
        this.store = store;
        this.cipher = cipher;
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
                                    : new Read(rowVersion, subscription(row)));
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
    public Future<Subscription> insert(UUID id, Door door, SubscriptionSettings settings) {
        List<@Nullable Object> values = new ArrayList<>(List.of(id, word(door)));
        values.addAll(columns(id, settings));
        return changing(connection -> connection.preparedQuery(INSERT).execute(Tuple.wrap(values)))
                .map(rows -> subscription(rows.iterator().next()));
    }

    /**
     * Changes one, from what is stored now.
     *
     * @param change may throw a refusal; then nothing is changed
     * @return as it is then; fails with a {@link Refusal.NotFound}, or a {@link Refusal.Conflict} as for {@link #insert}
     */
    public Future<Subscription> update(UUID id, Function<Subscription, SubscriptionSettings> change) {
        return changing(connection -> connection
                        .preparedQuery(FIND)
                        .execute(Tuple.of(id))
                        .compose(found -> {
                            Subscription before =
                                    subscriptions(found).findFirst().orElseThrow(() -> gone(id));
                            List<@Nullable Object> values = new ArrayList<>(List.of(id));
                            SubscriptionSettings after = change.apply(before);
                            values.addAll(columns(id, after));
                            values.add(!after.secret().equals(before.secret()));
                            return connection.preparedQuery(UPDATE).execute(Tuple.wrap(values));
                        }))
                .map(rows -> subscription(rows.iterator().next()));
    }

    /**
     * Leaves a tombstone, without which its deliveries could not be put to rest.
     *
     * @param door only if it was made there
     * @return fails with a {@link Refusal.NotFound}
     */
    public Future<Void> delete(UUID id, Optional<Door> door) {
        return changing(connection -> connection
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
     * From now on the new secret signs, and until then the former one too.
     *
     * @param until not in the future: the former one ends now
     * @return fails with a {@link Refusal.NotFound}
     */
    public Future<Subscription> rotate(UUID id, SigningSecret secret, Instant until) {
        return changing(connection -> connection
                        .preparedQuery(ROTATE)
                        .execute(Tuple.of(id, Buffer.buffer(cipher.encrypt(secret.text(), id)), utc(until))))
                .map(rows -> subscriptions(rows).findFirst().orElseThrow(() -> gone(id)));
    }

    /**
     * Nexus itself gives up on an endpoint. The catalog has to be reloaded then.
     *
     * @param reason what {@code disabledReason} will say
     * @return false when it was disabled or deleted already
     */
    public Future<Boolean> disable(UUID id, String reason) {
        return changing(connection -> connection.preparedQuery(DISABLE).execute(Tuple.of(id, reason)))
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
        return store.api()
                .preparedQuery(HEALTH)
                .execute(Tuple.of(
                        id,
                        endpoint.toString(),
                        health.opened().map(opened -> utc(opened.at())).orElse(null),
                        health.opened().map(opened -> utc(opened.nextProbeAt())).orElse(null),
                        health.opened().map(EndpointHealth.Opened::failedProbes).orElse(0),
                        health.failing().map(failing -> utc(failing.since())).orElse(null),
                        health.failing().map(EndpointHealth.Failing::attempts).orElse(0)))
                .mapEmpty();
    }

    private <T> Future<T> changing(Function<SqlConnection, Future<T>> change) {
        return store.api()
                .withTransaction(connection -> connection
                        .query(LOCK)
                        .execute()
                        .compose(locked -> change.apply(connection))
                        .compose(changed -> connection
                                .preparedQuery(RAISE_VERSION)
                                .execute()
                                .map(changed)))
                .recover(failure -> Future.failedFuture(
                        failure instanceof PgException e && UNIQUE_VIOLATION.equals(e.getSqlState())
                                ? new Refusal.Conflict(
                                        "duplicate",
                                        "There is a subscription already that sends these event types to this URL.")
                                : failure));
    }

    private static Refusal.NotFound gone(UUID id) {
        return new Refusal.NotFound("There is no subscription " + id + ".");
    }

    /** In the order of INSERT and UPDATE, from {@code name} on. */
    private List<@Nullable Object> columns(UUID id, SubscriptionSettings settings) {
        List<@Nullable Object> values = new ArrayList<>();
        values.add(settings.name());
        values.add(settings.endpointUrl().toString());
        values.add(settings.eventTypes().stream().map(TypePattern::value).toArray(String[]::new));
        values.add(Buffer.buffer(settings.fingerprint()));
        values.add(
                settings.headers().isEmpty()
                        ? null
                        : Buffer.buffer(
                                cipher.encrypt(new JsonObject(new LinkedHashMap<>(settings.headers())).encode(), id)));
        values.add(Buffer.buffer(cipher.encrypt(settings.secret().text(), id)));
        values.add(settings.ordered() ? "key" : "none");
        values.add(settings.concurrency());
        values.add(settings.rateLimit().orElse(null));
        values.add(settings.retry().maxAttempts().orElse(null));
        values.add(settings.retry().baseSeconds().orElse(null));
        values.add(settings.retry().cap().map(Duration::toString).orElse(null));
        values.add(settings.deadOn().stream().sorted().toArray(Integer[]::new));
        values.add(settings.isEnabled());
        values.add(settings.credentials()
                .stored()
                .map(text -> Buffer.buffer(cipher.encrypt(text, id)))
                .orElse(null));
        return values;
    }

    private Stream<Subscription> subscriptions(RowSet<Row> rows) {
        return StreamSupport.stream(rows.spliterator(), false).map(this::subscription);
    }

    private Subscription subscription(Row row) {
        UUID id = row.getUUID("id");
        Buffer headers = row.getBuffer("headers");
        return new Subscription(
                id,
                row.getInteger("lane"),
                Door.valueOf(row.getString("door").toUpperCase(Locale.ROOT)),
                row.getString("name"),
                URI.create(row.getString("endpoint_url")),
                Stream.of(row.getArrayOfStrings("event_types"))
                        .map(TypePattern::new)
                        .toList(),
                headers == null ? Map.of() : headers(cipher.decrypt(headers.getBytes(), id)),
                new SigningSecret(cipher.decrypt(row.getBuffer("secret").getBytes(), id)),
                row.getString("ordering").equals("key"),
                row.getInteger("concurrency"),
                Optional.ofNullable(row.getInteger("rate_limit")),
                new RetrySettings(
                        Optional.ofNullable(row.getInteger("retry_max_attempts")),
                        Optional.ofNullable(row.getInteger("retry_base_seconds")),
                        Optional.ofNullable(row.getString("retry_cap")).map(Duration::parse)),
                Set.of(row.getArrayOfIntegers("dead_on")),
                row.getBoolean("is_enabled"),
                Optional.ofNullable(row.getString("disabled_reason")),
                instant(row, "held_until"),
                health(row),
                row.getOffsetDateTime("created_at").toInstant(),
                row.getOffsetDateTime("updated_at").toInstant(),
                decrypted(row, "credentials", id)
                        .map(TargetCredentials::ofStored)
                        .orElse(TargetCredentials.NONE),
                decrypted(row, "previous_secret", id)
                        .map(secret -> new PreviousSecret(
                                new SigningSecret(secret),
                                instant(row, "previous_secret_until").orElse(Instant.EPOCH))));
    }

    private Optional<String> decrypted(Row row, String column, UUID id) {
        return Optional.ofNullable(row.getBuffer(column)).map(stored -> cipher.decrypt(stored.getBytes(), id));
    }

    private static EndpointHealth health(Row row) {
        return new EndpointHealth(
                instant(row, "breaker_opened_at")
                        .map(at -> new EndpointHealth.Opened(
                                at,
                                instant(row, "breaker_probe_at").orElse(at),
                                row.getInteger("breaker_failed_probes"))),
                instant(row, "failing_since")
                        .map(since -> new EndpointHealth.Failing(since, row.getInteger("failing_attempts"))));
    }

    private static Optional<Instant> instant(Row row, String column) {
        return Optional.ofNullable(row.getOffsetDateTime(column)).map(OffsetDateTime::toInstant);
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    private static Map<String, String> headers(String json) {
        Map<String, String> headers = new LinkedHashMap<>();
        new JsonObject(json)
                .forEach(entry -> headers.put(entry.getKey(), entry.getValue().toString()));
        return headers;
    }

    private static String word(Door door) {
        return door.name().toLowerCase(Locale.ROOT);
    }
}
