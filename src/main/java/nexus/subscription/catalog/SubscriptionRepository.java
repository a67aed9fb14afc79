package nexus.subscription.catalog;

import static nexus.store.NamedSql.parameter;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import nexus.api.caller.AuditedChange;
import nexus.notation.SqlState;
import nexus.refusal.Refusal;
import nexus.shape.MaskKey;
import nexus.store.NamedSql;
import nexus.store.Rows;
import nexus.store.Store;
import nexus.subscription.EndpointHealth;
import nexus.subscription.Kind;
import nexus.subscription.Missed;
import nexus.subscription.Mode;
import nexus.subscription.Pauses;
import nexus.subscription.Subscription;
import nexus.subscription.SubscriptionDraft;
import nexus.subscription.SubscriptionSettings;
import nexus.subscription.SubscriptionState;
import nexus.subscription.secret.SecretCipher;
import nexus.subscription.secret.SigningSecret;
import nexus.subscription.target.TargetSettings;

/** The only class that writes {@code subscription} and {@code store.catalog_version}. */
@Singleton
public class SubscriptionRepository {
    /** A table without rows: locked as ROW SHARE by every intake, as EXCLUSIVE for a change of a subscription. */
    public static final String CATALOG_LOCK = "nexus.catalog_lock";

    private static final String COLUMNS = """
            id, lane, kind, settings, target, state, disabled_reason, pauses, held_until, breaker_opened_at, \
            breaker_probe_at, breaker_failed_probes, failing_since, failing_attempts, alert, alert_due, created_at, \
            updated_at""";

    /**
     * One statement, so one snapshot; a store without changes still has a version. A version below the known one is that
     * of a store that went back in time.
     */
    private static final NamedSql CHANGES = NamedSql.of(
            "SELECT catalog_version, mask_key, s.deleted_at IS NOT NULL AS is_deleted, "
                    + COLUMNS.replace("id, lane", "s.id, lane")
                    + """

            FROM store LEFT JOIN subscription s
               ON s.version > CASE WHEN catalog_version < :known::bigint THEN 0 ELSE :known::bigint END
              AND (s.deleted_at IS NULL OR (:known::bigint > 0 AND catalog_version >= :known::bigint))""",
            "known");

    /** Those that have a state beside their settings. */
    private static final String STATES = """
            SELECT lane, state, disabled_reason, pauses, held_until, breaker_opened_at, breaker_probe_at,
                   breaker_failed_probes, failing_since, failing_attempts, alert, alert_due
            FROM subscription
            WHERE deleted_at IS NULL
              AND (held_until IS NOT NULL OR breaker_opened_at IS NOT NULL OR failing_since IS NOT NULL
                   OR alert IS NOT NULL)""";

    private static final String VERSION = "SELECT catalog_version FROM store";

    private static final NamedSql FIND =
            NamedSql.of("SELECT " + COLUMNS + " FROM subscription WHERE id = :id AND deleted_at IS NULL", "id");

    private static final NamedSql LIST = NamedSql.of("SELECT " + COLUMNS + """
             FROM subscription
            WHERE deleted_at IS NULL
              AND (:kind::text IS NULL OR kind = :kind)
              AND state = ANY (:states::text[])
              AND lane < :below
            ORDER BY lane DESC
            LIMIT :limit""", "kind", "states", "below", "limit");

    private static final String LOCK = "LOCK TABLE " + CATALOG_LOCK + " IN EXCLUSIVE MODE";

    private static final String RAISE_VERSION =
            "UPDATE store SET catalog_version = catalog_version + 1 RETURNING now() AS changed_at";

    /** Under the current key or the one before: the index knows fingerprints under the same key alone. */
    private static final NamedSql FIND_SAME = NamedSql.of("""
            SELECT FROM subscription
            WHERE fingerprint IN (:fingerprint, :earlier_fingerprint) AND id <> :id AND deleted_at IS NULL
            LIMIT 1""", "fingerprint", "earlier_fingerprint", "id");

    private static final NamedSql.From<Insertion> INSERT = NamedSql.from(
            """
            INSERT INTO subscription (id, kind, settings, target, target_digest, fingerprint, state, pauses, version)
            VALUES (:id, :kind, :settings, :target, :target_digest, :fingerprint, :state, :pauses,
                    (SELECT catalog_version FROM store))
            RETURNING
            """ + COLUMNS,
            parameter("id", Insertion::id),
            parameter("kind", insertion -> insertion.kind().word()),
            parameter("settings", insertion -> insertion.columns().settings()),
            parameter("target", insertion -> insertion.columns().target()),
            parameter("target_digest", insertion -> insertion.columns().targetDigest()),
            parameter("fingerprint", insertion -> insertion.columns().fingerprint()),
            parameter("state", insertion -> insertion.mode().word()),
            parameter("pauses", insertion -> SubscriptionCodec.pauses(insertion.pauses())));

    private record Insertion(UUID id, Kind kind, SubscriptionCodec.Columns columns, Mode mode, Pauses pauses) {}

    /**
     * Making a subscription active, or naming another target, discards an old Retry-After and the health of the target,
     * because the caller wants deliveries now.
     */
    private static final NamedSql.From<Change> UPDATE = NamedSql.from(
            """
            UPDATE subscription
            SET settings = :settings, target = :target, target_digest = :target_digest, fingerprint = :fingerprint,
                state = :state, pauses = :pauses,
                disabled_reason = CASE WHEN :state = 'disabled' THEN disabled_reason END,
                held_until = CASE WHEN :starts_anew THEN NULL ELSE held_until END,
                breaker_opened_at = CASE WHEN :starts_anew THEN NULL ELSE breaker_opened_at END,
                breaker_probe_at = CASE WHEN :starts_anew THEN NULL ELSE breaker_probe_at END,
                breaker_failed_probes = CASE WHEN :starts_anew THEN 0 ELSE breaker_failed_probes END,
                failing_since = CASE WHEN :starts_anew THEN NULL ELSE failing_since END,
                failing_attempts = CASE WHEN :starts_anew THEN 0 ELSE failing_attempts END,
                updated_at = now(), version = (SELECT catalog_version FROM store)
            WHERE id = :id AND deleted_at IS NULL
            RETURNING
            """ + COLUMNS,
            parameter("id", Change::id),
            parameter("settings", change -> change.columns().settings()),
            parameter("target", change -> change.columns().target()),
            parameter("target_digest", change -> change.columns().targetDigest()),
            parameter("fingerprint", change -> change.columns().fingerprint()),
            parameter("state", change -> change.mode().word()),
            parameter("pauses", change -> SubscriptionCodec.pauses(change.pauses())),
            parameter("starts_anew", Change::startsAnew));

    private record Change(UUID id, SubscriptionCodec.Columns columns, Mode mode, Pauses pauses, boolean startsAnew) {}

    /** The tombstone keeps no credentials. */
    private static final NamedSql DELETE = NamedSql.of("""
            UPDATE subscription
            SET deleted_at = now(), updated_at = now(), target = NULL, version = (SELECT catalog_version FROM store)
            WHERE id = :id AND deleted_at IS NULL AND (:kind::text IS NULL OR kind = :kind)
            RETURNING lane""", "id", "kind");

    /** Not for a target that was named meanwhile. */
    private static final NamedSql DISABLE = NamedSql.of("""
            UPDATE subscription s
            SET state = 'disabled', pauses = :pauses, disabled_reason = :reason, updated_at = now(),
                version = (SELECT catalog_version FROM store)
            WHERE id = :id AND target_digest IN (:digest, :earlier_digest) AND state <> 'disabled'
              AND deleted_at IS NULL
            RETURNING updated_at AS disabled_at, failing_since, (
                SELECT coalesce(sum(pending + failed), 0)::bigint
                FROM (SELECT pending, failed FROM stat WHERE lane = s.lane
                      UNION ALL SELECT pending, failed FROM stat_delta WHERE lane = s.lane) counted) AS held""", "id", "digest", "earlier_digest", "pauses", "reason");

    /**
     * The longest wait counts, because requests in flight at once may answer in any order. Not for a target that was named
     * meanwhile.
     */
    private static final NamedSql HOLD = NamedSql.of("""
            UPDATE subscription SET held_until = greatest(held_until, :until)
            WHERE id = :id AND target_digest IN (:digest, :earlier_digest) AND deleted_at IS NULL""", "id", "digest", "earlier_digest", "until");

    /**
     * Not for a target that was named meanwhile, nor for a subscription that was disabled meanwhile. An alert is due from
     * the time it is stored.
     */
    private static final NamedSql.From<HealthNote> HEALTH = NamedSql.from(
            """
            UPDATE subscription
            SET breaker_opened_at = :opened_at, breaker_probe_at = :probe_at, breaker_failed_probes = :failed_probes,
                failing_since = :failing_since, failing_attempts = :failing_attempts,
                alert = coalesce(:alert::jsonb, alert),
                alert_due = alert_due OR alert IS DISTINCT FROM coalesce(:alert::jsonb, alert)
            WHERE id = :id AND target_digest IN (:digest, :earlier_digest) AND state <> 'disabled'
              AND deleted_at IS NULL
            RETURNING alert, alert_due""",
            parameter("id", HealthNote::id),
            parameter("digest", note -> note.digests().getFirst()),
            parameter("earlier_digest", note -> note.digests().getLast()),
            parameter("opened_at", note -> Rows.utc(note.health().opened().map(EndpointHealth.Opened::at))),
            parameter("probe_at", note -> Rows.utc(note.health().opened().map(EndpointHealth.Opened::nextProbeAt))),
            parameter("failed_probes", note -> note.health()
                    .opened()
                    .map(EndpointHealth.Opened::failedProbes)
                    .orElse(0)),
            parameter("failing_since", note -> Rows.utc(note.health().failing().map(EndpointHealth.Failing::since))),
            parameter("failing_attempts", note -> note.health()
                    .failing()
                    .map(EndpointHealth.Failing::attempts)
                    .orElse(0)),
            parameter(
                    "alert",
                    note -> note.health().alert().map(SubscriptionCodec::alert).orElse(null)));

    /** Not when another alert is stored already. */
    private static final NamedSql ANNOUNCED =
            NamedSql.of("UPDATE subscription SET alert_due = false WHERE id = :id AND alert = :alert", "id", "alert");

    private record HealthNote(UUID id, List<Buffer> digests, EndpointHealth health) {}

    private final Store store;
    private final SubscriptionCodec codec;

    @Inject
    public SubscriptionRepository(Store store, SecretCipher cipher) {
        this.store = store;
        this.codec = new SubscriptionCodec(cipher);
    }

    /**
     * What has changed since a version. Decrypts and parses nothing else.
     *
     * @param known 0 for everything
     */
    public Future<CatalogChanges> changesSince(long known) {
        return CHANGES.on(store.api(), known).map(rows -> {
            long version = 0;
            byte[] maskKey = {};
            List<Subscription> changed = new ArrayList<>();
            List<Integer> gone = new ArrayList<>();
            for (Row row : rows) {
                version = row.getLong("catalog_version");
                maskKey = row.getBuffer("mask_key").getBytes();
                if (row.getBoolean("is_deleted")) {
                    gone.add(row.getInteger("lane"));
                } else if (row.getUUID("id") != null) {
                    changed.add(codec.subscription(row));
                }
            }
            return new CatalogChanges(version, new MaskKey(maskKey), known == 0 || version < known, changed, gone);
        });
    }

    /** The states of all subscriptions by their lanes; one without a hold and of good health may be missing. */
    public Future<Map<Integer, SubscriptionState>> states() {
        return store.api().preparedQuery(STATES).execute().map(rows -> {
            Map<Integer, SubscriptionState> states = new HashMap<>();
            for (Row row : rows) {
                states.put(row.getInteger("lane"), SubscriptionCodec.state(row));
            }
            return states;
        });
    }

    /** The version that {@link #changesSince} would find now. */
    public Future<Long> catalogVersion() {
        return store.api().preparedQuery(VERSION).execute().map(rows -> Rows.only(rows)
                .getLong("catalog_version"));
    }

    /** Empty when it never was or is deleted. */
    public Future<Optional<Subscription>> find(UUID id) {
        return FIND.on(store.api(), id).map(rows -> Rows.first(rows, codec::subscription));
    }

    /**
     * Newest first.
     *
     * @param kind only those of this kind
     * @param modes only those in one of these
     * @param below only lanes below this number: those after an earlier page
     */
    public Future<List<Subscription>> list(Optional<Kind> kind, Set<Mode> modes, long below, int limit) {
        return LIST.on(
                        store.api(),
                        kind.map(Kind::word).orElse(null),
                        modes.stream().map(Mode::word).toArray(String[]::new),
                        Math.clamp(below, 0, Integer.MAX_VALUE),
                        limit)
                .map(rows -> Rows.all(rows, codec::subscription));
    }

    /** Fails with a {@link Refusal.Conflict} when there is one already that sends the same to the same place. */
    public Future<Subscription> insert(UUID id, Kind kind, SubscriptionDraft draft, AuditedChange audited) {
        return changing(id, audited, (connection, now) -> requireUnique(connection, id, draft.settings())
                        .compose(unique -> INSERT.on(
                                connection,
                                new Insertion(
                                        id,
                                        kind,
                                        codec.columns(id, draft.settings()),
                                        draft.mode(),
                                        pauses(Pauses.NONE, draft.mode(), now)))))
                .map(rows -> codec.subscription(Rows.only(rows)));
    }

    /**
     * A change in its transaction.
     *
     * @param missed the events that it had missed, if the change has made it active: they are not counted any more
     */
    public record Changed(Subscription before, Subscription after, Missed missed) {}

    /** The last step of a change's transaction. */
    @FunctionalInterface
    public interface LastStep<T> {
        Future<T> run(SqlConnection transaction, Changed changed);
    }

    /**
     * Changes one, from what is stored now.
     *
     * @param change may throw a refusal; then nothing is changed
     * @param last may fail; then nothing is changed
     * @return the result of the last step; fails with a {@link Refusal.NotFound}, or a {@link Refusal.Conflict} as for
     *     {@link #insert}
     */
    public <T> Future<T> update(
            UUID id, Function<Subscription, SubscriptionDraft> change, LastStep<T> last, AuditedChange audited) {
        return changing(
                id, audited, (connection, now) -> present(connection, id).compose(before -> {
                    SubscriptionDraft after = change.apply(before);
                    return requireUnique(connection, id, after.settings())
                            .compose(unique -> UPDATE.on(connection, change(before, after, now)))
                            .map(rows -> codec.subscription(Rows.only(rows)))
                            .compose(stored -> missed(connection, before, stored)
                                    .compose(missed -> last.run(connection, new Changed(before, stored, missed))));
                }));
    }

    /** Like the other method, without a last step. */
    public Future<Subscription> update(
            UUID id, Function<Subscription, SubscriptionDraft> change, AuditedChange audited) {
        return update(id, change, (connection, changed) -> Future.succeededFuture(changed.after()), audited);
    }

    private Change change(Subscription before, SubscriptionDraft after, Instant now) {
        boolean isElsewhere =
                !after.settings().target().place().equals(before.target().place());
        return new Change(
                before.id(),
                codec.columns(before.id(), after.settings()),
                after.mode(),
                pauses(before.state().pauses(), after.mode(), now),
                isElsewhere || (after.mode().sends() && !before.isActive()));
    }

    private static Future<Missed> missed(SqlConnection connection, Subscription before, Subscription after) {
        return after.isActive() && !before.isActive()
                ? MissedEvents.take(connection, after.lane())
                : Future.succeededFuture(Missed.NONE);
    }

    /** Like the other method, without an audited request. */
    public Future<Subscription> insert(UUID id, Kind kind, SubscriptionSettings settings) {
        return insert(id, kind, SubscriptionDraft.active(settings), AuditedChange.NONE);
    }

    /** Like the other method, without an audited request. */
    public Future<Subscription> update(UUID id, Function<Subscription, SubscriptionDraft> change) {
        return update(id, change, AuditedChange.NONE);
    }

    /** Like the other method, without an audited request. */
    public Future<Void> delete(UUID id, Optional<Kind> kind) {
        return delete(id, kind, AuditedChange.NONE);
    }

    private static Pauses pauses(Pauses before, Mode mode, Instant now) {
        return mode.sends() ? before.ended(now) : before.begun(now);
    }

    private Future<Subscription> present(SqlConnection connection, UUID id) {
        return FIND.on(connection, id)
                .map(found -> Rows.first(found, codec::subscription).orElseThrow(() -> gone(id)));
    }

    private Future<Void> requireUnique(SqlConnection connection, UUID id, SubscriptionSettings settings) {
        List<Buffer> fingerprints = codec.fingerprints(settings);
        return FIND_SAME
                .on(connection, fingerprints.getFirst(), fingerprints.getLast(), id)
                .map(same -> {
                    if (same.rowCount() > 0) {
                        throw duplicate();
                    }
                    return null;
                });
    }

    /**
     * Leaves a tombstone, which the end of its deliveries needs.
     *
     * @param kind only if it is of this kind
     * @return fails with a {@link Refusal.NotFound}
     */
    public Future<Void> delete(UUID id, Optional<Kind> kind, AuditedChange audited) {
        return changing(id, audited, (connection, now) -> DELETE.on(
                                connection, id, kind.map(Kind::word).orElse(null))
                        .compose(deleted -> Rows.first(deleted, row -> row.getInteger("lane"))
                                .map(lane -> MissedEvents.take(connection, lane))
                                .orElseThrow(() -> gone(id))))
                .mapEmpty();
    }

    /**
     * Signs with another secret. Secrets of earlier rotations keep their time.
     *
     * @param until the former secret signs too; not after {@code now}: it ends now
     * @return fails with a {@link Refusal.NotFound}, or a {@link Refusal.Conflict} when too many secrets would sign or the
     *     target is not signed
     */
    public Future<Subscription> rotate(
            UUID id, SigningSecret secret, Instant now, Instant until, AuditedChange audited) {
        return update(
                id,
                before -> {
                    if (!(before.target() instanceof TargetSettings.Signed signed)) {
                        throw new Refusal.Conflict(
                                "not-signed",
                                "Deliveries to targets of the type "
                                        + before.target().type() + " are not signed: there is no secret to rotate.");
                    }
                    return before.draft().with(signed.with(signed.secrets().rotated(secret, now, until)));
                },
                audited);
    }

    /**
     * How a subscription was disabled.
     *
     * @param failingSince the first attempt of the failures that are stored; empty when it has answered until now
     * @param held number of deliveries that are owed and held
     */
    public record Disabled(Instant at, Optional<Instant> failingSince, long held) {}

    /**
     * Disables a subscription because of its target. The catalog must be reloaded afterwards.
     *
     * @param target the one that gave the reason
     * @param reason what {@code disabledReason} will say
     * @return empty when it was disabled or deleted already, or has another target
     */
    public Future<Optional<Disabled>> disable(UUID id, TargetSettings target, String reason) {
        List<Buffer> digests = codec.digests(target);
        return changing(id, AuditedChange.NONE, (connection, now) -> FIND.on(connection, id)
                        .map(found -> Rows.first(found, SubscriptionCodec::state))
                        .compose(before -> DISABLE.on(
                                connection,
                                id,
                                digests.getFirst(),
                                digests.getLast(),
                                SubscriptionCodec.pauses(before.map(SubscriptionState::pauses)
                                        .orElse(Pauses.NONE)
                                        .begun(now)),
                                reason)))
                .map(rows -> Rows.first(
                        rows,
                        row -> new Disabled(
                                Rows.instant(row, "disabled_at"),
                                Rows.time(row, "failing_since"),
                                row.getLong("held"))));
    }

    /**
     * Stores that nothing is sent before this time. The version does not change, because matching does not depend on it.
     *
     * @param target the one that asked for the pause
     */
    public Future<Void> hold(UUID id, TargetSettings target, Instant until) {
        List<Buffer> digests = codec.digests(target);
        return HOLD.on(store.api(), id, digests.getFirst(), digests.getLast(), Rows.utc(until))
                .mapEmpty();
    }

    /**
     * Stores the health of its target. Does not raise the version.
     *
     * @param target the one that the health is about
     * @return the stored alert, if its event is due
     */
    public Future<Optional<EndpointHealth.Alert>> health(UUID id, TargetSettings target, EndpointHealth health) {
        return HEALTH.on(store.api(), new HealthNote(id, codec.digests(target), health))
                .map(rows -> Rows.first(rows, SubscriptionCodec::alert)
                        .flatMap(alert -> alert)
                        .filter(EndpointHealth.Alert::isDue));
    }

    /** Stores that the event about this alert is stored. */
    public Future<Void> announced(UUID id, EndpointHealth.Alert alert) {
        return ANNOUNCED.on(store.api(), id, SubscriptionCodec.alert(alert)).mapEmpty();
    }

    /** A change in its transaction, which began at {@code now} by the store's clock. */
    private interface TimedChange<T> {
        Future<T> in(SqlConnection connection, Instant now);
    }

    /** The version is raised first, because the changed row names it. */
    private <T> Future<T> changing(UUID id, AuditedChange audited, TimedChange<T> change) {
        return locked(connection -> connection
                .preparedQuery(RAISE_VERSION)
                .execute()
                .compose(raised -> change.in(connection, Rows.instant(Rows.only(raised), "changed_at")))
                .compose(changed -> audited.complete(connection, id.toString()).map(done -> changed)));
    }

    private <T> Future<T> locked(Function<SqlConnection, Future<T>> work) {
        return store.api()
                .withTransaction(
                        connection -> connection.query(LOCK).execute().compose(locked -> work.apply(connection)))
                .recover(failure ->
                        Future.failedFuture(SqlState.is(failure, SqlState.UNIQUE_VIOLATION) ? duplicate() : failure));
    }

    private static Refusal.Conflict duplicate() {
        return new Refusal.Conflict(
                "duplicate",
                "There is a subscription already that sends the same events in the same form to the same target.");
    }

    private static Refusal.NotFound gone(UUID id) {
        return new Refusal.NotFound("There is no subscription " + id + ".");
    }
}
