package nexus.intake;

import static nexus.store.NamedSql.parameter;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import io.vertx.sqlclient.data.NullValue;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.UUID;
import java.util.function.Function;
import nexus.queue.enqueue.NewlyOwed;
import nexus.queue.enqueue.OwedInsert;
import nexus.queue.notify.OwedRows;
import nexus.queue.process.ProcessLock;
import nexus.store.NamedSql;
import nexus.store.PipelinedTransaction;
import nexus.store.Rows;
import nexus.store.Store;
import nexus.store.StoreErrors;
import nexus.subscription.catalog.SubscriptionRepository;
import org.jspecify.annotations.Nullable;

/**
 * Inserts into {@code event}, {@code idempotency}, {@code missed_delta} and, by {@link OwedInsert}, the owed deliveries, and replaces the
 * checkpoint in {@code source_position}. One statement stores all of it or nothing. A separate statement before it takes the catalog's lock,
 * so that the snapshot of the second is newer than any change of a subscription, and, if there are packed rows, the
 * lock of this process, so that the snapshot is newer than any loss of its shards.
 */
final class EventRepository {
    /** The table's name, and the prefix of its partitions' names. */
    static final String EVENTS = "event";

    private static final String LOCK_CATALOG =
            "LOCK TABLE " + SubscriptionRepository.CATALOG_LOCK + " IN ROW SHARE MODE";

    /** Fails with {@code undefined_table} if the process has ended or was taken over. */
    private static String lockCatalogAnd(int process) {
        return "LOCK TABLE " + SubscriptionRepository.CATALOG_LOCK + ", " + ProcessLock.table(process)
                + " IN ROW SHARE MODE";
    }

    private static final String CATALOG_VERSION = "SELECT catalog_version FROM store";

    private static final NamedSql.From<Batch> ACCEPT = accept("", List.of());

    /** For batches with events that disabled subscriptions select. */
    private static final NamedSql.From<Batch> ACCEPT_AND_COUNT_MISSED = accept(
            """
            ,
            missed AS (
                INSERT INTO missed_delta (lanes, counts)
                SELECT :missed_lanes::int[], :missed_counts::bigint[] FROM gate)""",
            List.of(
                    parameter("missed_lanes", batch -> batch.missed().keySet().toArray(Integer[]::new)),
                    parameter("missed_counts", batch -> batch.missed().values().toArray(Long[]::new))));

    /** The statement for one batch. */
    private record Acceptance(String text, Tuple parameters) {
        static Acceptance of(Batch batch) {
            NamedSql.From<Batch> statement = batch.missed().isEmpty() ? ACCEPT : ACCEPT_AND_COUNT_MISSED;
            return new Acceptance(statement.text(), statement.tuple(batch));
        }

        Future<RowSet<Row>> on(SqlConnection connection) {
            return connection.preparedQuery(text).execute(parameters);
        }
    }

    /**
     * {@code gate} is empty, and so are all other parts, if the catalog, the owner of lanes with packed rows or the
     * checkpoint is not as expected.
     */
    private static NamedSql.From<Batch> accept(String part, List<NamedSql.Parameter<Batch>> partParameters) {
        List<NamedSql.Parameter<Batch>> parts = new ArrayList<>(OwedInsert.parameters(Batch::owed));
        parts.addAll(partParameters);
        return NamedSql.from(
                """
            WITH fence AS MATERIALIZED (
                SELECT (now() AT TIME ZONE 'UTC')::date AS today FROM store
                WHERE catalog_version = :catalog_version
                  AND %1$s),
            moved AS (
                UPDATE source_position
                SET checkpoint = :checkpoint_after::text, updated_at = now()
                WHERE source = :source::text AND generation = :generation::bigint AND checkpoint = :checkpoint_before::text
                  AND EXISTS (SELECT FROM fence)
                RETURNING 1),
            gate AS MATERIALIZED (
                SELECT today FROM fence WHERE :source::text IS NULL OR EXISTS (SELECT FROM moved)),
            %2$s,
            stored AS (
                INSERT INTO event (day, id, seq, type, created_at, accepted_at, body, key, other_key, row_key, lanes, seqs)
                SELECT today, id, nextval('event_seq'), type, created_at, now(), body, key, other_key, row_key,
                       (:lanes::int[])[first:last], coalesce(((SELECT seqs FROM drawn))[first:last], '{}')
                FROM (SELECT today, unnest(:event_ids::uuid[]) AS id, unnest(:types::text[]) AS type,
                             unnest(:created_ats::timestamptz[]) AS created_at, unnest(:bodies::bytea[]) AS body,
                             unnest(:event_keys::bigint[]) AS key, unnest(:other_event_keys::bigint[]) AS other_key,
                             unnest(:row_keys::bigint[]) AS row_key,
                             unnest(:firsts_owed::int[]) AS first, unnest(:lasts_owed::int[]) AS last
                      FROM gate) m),
            claimed AS (
                INSERT INTO idempotency (scope, key, body_hash, answer, expires_at)
                SELECT k.scope, k.key, k.body_hash, k.answer, k.expires_at
                FROM gate, unnest(:claim_scopes::text[], :claim_keys::text[], :claim_hashes::text[], :claim_answers::text[], :claim_expiries::timestamptz[])
                           k(scope, key, body_hash, answer, expires_at)
                ORDER BY k.scope, k.key),
            counted AS (
                INSERT INTO stat_delta (lane, events, deliveries, pending)
                SELECT 0, :counted::bigint, 0, 0 FROM gate WHERE :counted::bigint > 0
                UNION ALL
                SELECT c.lane, 0, c.owed, c.owed FROM gate, unnest(:counted_lanes::int[], :counted_deliveries::bigint[]) c(lane, owed))%4$s
            SELECT (SELECT count(*) FROM fence) AS fenced, (SELECT today FROM gate) AS today, now() AS stored_at,
                   %3$s
            FROM drawn""".formatted(OwedInsert.IS_OWNER, OwedInsert.PARTS, OwedInsert.ANSWER, part),
                parts,
                parameter("catalog_version", batch -> batch.events().catalogVersion),
                parameter("source", batch -> batch.of(Checkpoint::source, NullValue.String)),
                parameter("generation", batch -> batch.of(Checkpoint::generation, NullValue.Long)),
                parameter("checkpoint_before", batch -> batch.of(Checkpoint::before, NullValue.String)),
                parameter("checkpoint_after", batch -> batch.of(Checkpoint::after, NullValue.String)),
                parameter("event_ids", batch -> batch.events().ids.toArray(UUID[]::new)),
                parameter("types", batch -> batch.events().types.toArray(String[]::new)),
                parameter("row_keys", batch -> batch.events().rowKeys.toArray(Long[]::new)),
                parameter("created_ats", batch -> batch.events().createdAts.toArray(OffsetDateTime[]::new)),
                parameter("bodies", batch -> batch.events().bodies.toArray(Buffer[]::new)),
                parameter("event_keys", batch -> batch.events().keys.toArray(Long[]::new)),
                parameter("other_event_keys", batch -> batch.events().otherKeys.toArray(Long[]::new)),
                parameter("firsts_owed", batch -> batch.events().firstsOwed.toArray(Integer[]::new)),
                parameter("lasts_owed", batch -> batch.events().lastsOwed.toArray(Integer[]::new)),
                parameter("counted", batch -> batch.events().counted),
                parameter(
                        "counted_lanes", batch -> batch.countedByLane().keySet().toArray(Integer[]::new)),
                parameter(
                        "counted_deliveries",
                        batch -> batch.countedByLane().values().toArray(Long[]::new)),
                parameter("claim_scopes", batch -> batch.texts(Claim::scope)),
                parameter("claim_keys", batch -> batch.texts(Claim::key)),
                parameter("claim_hashes", batch -> batch.texts(Claim::bodyHash)),
                parameter("claim_answers", batch -> batch.texts(Claim::answer)),
                parameter(
                        "claim_expiries",
                        batch -> batch.claims().stream().map(Claim::expiresAt).toArray(OffsetDateTime[]::new)));
    }

    /** The values of the one statement. */
    private record Batch(
            MatchedEvents events,
            Map<Integer, Long> countedByLane,
            SortedMap<Integer, Long> missed,
            List<Claim> claims,
            Optional<Checkpoint> checkpoint) {
        Batch(MatchedEvents events, List<Claim> claims, Optional<Checkpoint> checkpoint) {
            this(events, events.owed.counted(), events.missed(), claims, checkpoint);
        }

        NewlyOwed owed() {
            return events.owed;
        }

        /** @param none for a batch without a checkpoint */
        Object of(Function<Checkpoint, Object> value, Object none) {
            return checkpoint.isEmpty() ? none : value.apply(checkpoint.get());
        }

        String[] texts(Function<Claim, String> text) {
            return claims.stream().map(text).toArray(String[]::new);
        }
    }

    private static final NamedSql FIND_CLAIM = NamedSql.of(
            "SELECT body_hash, answer FROM idempotency WHERE scope = :scope AND key = :key AND expires_at > now()",
            "scope",
            "key");

    private static final NamedSql DROP_EXPIRED_CLAIM = NamedSql.of(
            "DELETE FROM idempotency WHERE scope = :scope AND key = :key AND expires_at <= now()", "scope", "key");

    private static final NamedSql HAS_EVENT = NamedSql.of("SELECT FROM event WHERE id = :id", "id");

    private static final String ID_KEY = "SELECT event_id_key FROM store";

    private static final NamedSql TAKEN = NamedSql.of(
            "SELECT id, type, created_at, sha256(body) AS body_hash FROM event WHERE id = ANY (:ids::uuid[])", "ids");

    private static final NamedSql COUNT_UNDECIDED = NamedSql.of("""
            INSERT INTO stat_delta (lane, filter_unknown)
            SELECT lane, counted FROM unnest(:lanes::int[], :counts::bigint[]) u(lane, counted)""", "lanes", "counts");

    private static final String ENSURE_TODAY = "SELECT ensure_day((now() AT TIME ZONE 'UTC')::date)";

    /** The result of the statement. */
    sealed interface Stored {
        /** Committed. */
        record Done(OwedRows owed) implements Stored {}

        /** The subscriptions, or the owner of their lanes, have changed since the match: nothing was stored. */
        record MatchOutdated() implements Stored {}

        /** The stored checkpoint is not the expected one: nothing was stored. */
        record CheckpointLost() implements Stored {}

        /** Something that belongs to the events was not as expected: nothing was stored. */
        record Refused(Along along) implements Stored {}
    }

    /** A row for {@code idempotency}. */
    record Claim(String scope, String key, String bodyHash, String answer, OffsetDateTime expiresAt) {}

    /** A key that was used before. */
    record KnownClaim(String bodyHash, String answer) {}

    private final Pool pool;

    EventRepository(Store store) {
        this.pool = store.intake();
    }

    Future<Stored> store(MatchedEvents events, List<Claim> claims, Optional<Checkpoint> checkpoint) {
        return store(events, claims, checkpoint, List.of());
    }

    /** @param along are committed with the events; without any, it costs one round trip */
    Future<Stored> store(MatchedEvents events, List<Claim> claims, Optional<Checkpoint> checkpoint, List<Along> along) {
        Acceptance acceptance = Acceptance.of(new Batch(events, claims, checkpoint));
        return accept(events.owed, acceptance, along)
                .recover(failure -> StoreErrors.isMissingPartition(failure)
                        ? pool.query(ENSURE_TODAY).execute().compose(made -> accept(events.owed, acceptance, along))
                        : Future.failedFuture(failure));
    }

    /**
     * Tests whether the store accepts these events, without storing them. Fails if the failure may have another cause.
     */
    Future<Boolean> accepts(MatchedEvents events) {
        Acceptance acceptance = Acceptance.of(new Batch(events, List.of(), Optional.empty()));
        return PipelinedTransaction.run(pool, connection -> {
                    Future<?> lock = connection.preparedQuery(LOCK_CATALOG).execute();
                    Future<RowSet<Row>> accepted = acceptance.on(connection);
                    Future<?> undone = connection.query("ROLLBACK").execute();
                    return lock.compose(locked -> accepted).compose(answer -> undone);
                })
                .map(undone -> true)
                .recover(failure -> StoreErrors.isAboutOneRow(failure) && !StoreErrors.isMissingPartition(failure)
                        ? Future.succeededFuture(false)
                        : Future.failedFuture(failure));
    }

    private Future<Stored> accept(NewlyOwed owed, Acceptance acceptance, List<Along> along) {
        Optional<Integer> owner = owed.owner();
        Future<Stored> stored = along.isEmpty() ? accept(owed, acceptance) : acceptWith(along, owed, acceptance);
        return stored.recover(failure -> owner.isPresent() && StoreErrors.isMissingTable(failure)
                ? Future.succeededFuture(new Stored.MatchOutdated())
                : Future.failedFuture(failure));
    }

    private Future<Stored> accept(NewlyOwed owed, Acceptance acceptance) {
        Optional<Integer> owner = owed.owner();
        return PipelinedTransaction.run(pool, connection -> {
                    Future<?> lock = connection
                            .query(owner.map(EventRepository::lockCatalogAnd).orElse(LOCK_CATALOG))
                            .execute();
                    Future<RowSet<Row>> accepted = acceptance.on(connection);
                    return lock.compose(locked -> accepted);
                })
                .map(rows -> stored(Rows.only(rows), owed));
    }

    /** Waits for each answer, because a refusal or an outdated match undoes all of it. */
    private Future<Stored> acceptWith(List<Along> along, NewlyOwed owed, Acceptance acceptance) {
        return pool.withTransaction(connection -> connection
                        .query(owed.owner().map(EventRepository::lockCatalogAnd).orElse(LOCK_CATALOG))
                        .execute()
                        .compose(locked -> changed(along, connection))
                        .compose(changed -> acceptance.on(connection))
                        .map(rows -> stored(Rows.only(rows), owed))
                        .compose(stored -> stored instanceof Stored.Done
                                ? Future.succeededFuture(stored)
                                : Future.<Stored>failedFuture(new NothingStored(stored))))
                .recover(failure -> failure instanceof NothingStored nothing
                        ? Future.succeededFuture(nothing.stored)
                        : Future.failedFuture(failure));
    }

    private static Future<Void> changed(List<Along> along, SqlConnection connection) {
        Future<Void> all = Future.succeededFuture();
        for (Along one : along) {
            all = all.compose(before -> one.change(connection))
                    .compose(isAsExpected -> isAsExpected
                            ? Future.succeededFuture()
                            : Future.failedFuture(new NothingStored(new Stored.Refused(one))));
        }
        return all;
    }

    /** Rolls the transaction back. */
    private static final class NothingStored extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final transient Stored stored;

        NothingStored(Stored stored) {
            super("nothing was stored", null, false, false);
            this.stored = stored;
        }
    }

    /** Whether the catalog still has this version, read under its lock. */
    Future<Boolean> isCatalogAt(long version) {
        return PipelinedTransaction.run(pool, connection -> {
                    Future<?> lock = connection.query(LOCK_CATALOG).execute();
                    Future<RowSet<Row>> read =
                            connection.preparedQuery(CATALOG_VERSION).execute();
                    return lock.compose(locked -> read);
                })
                .map(rows -> Rows.only(rows).getLong("catalog_version") == version);
    }

    Future<Optional<KnownClaim>> findClaim(String scope, String key) {
        return DROP_EXPIRED_CLAIM
                .on(pool, scope, key)
                .compose(dropped -> FIND_CLAIM.on(pool, scope, key))
                .map(rows ->
                        Rows.first(rows, row -> new KnownClaim(row.getString("body_hash"), row.getString("answer"))));
    }

    Future<Boolean> hasEvent(UUID id) {
        return HAS_EVENT.on(pool, id).map(rows -> rows.size() > 0);
    }

    /** The stored events with these ids, by id. */
    Future<Map<UUID, TakenIds.Holder>> holders(Collection<UUID> ids) {
        return TAKEN.on(pool, (Object) ids.toArray(UUID[]::new)).map(rows -> {
            Map<UUID, TakenIds.Holder> holders = new HashMap<>();
            for (Row row : rows) {
                holders.put(
                        row.getUUID("id"),
                        new TakenIds.Holder(
                                row.getString("type"),
                                row.getOffsetDateTime("created_at").toInstant(),
                                Optional.ofNullable(row.getBuffer("body_hash"))));
            }
            return holders;
        });
    }

    /** @param counts the number of events by lane */
    Future<Void> countUndecided(Map<Integer, Long> counts) {
        List<Map.Entry<Integer, Long>> rows = List.copyOf(counts.entrySet());
        return COUNT_UNDECIDED
                .on(
                        pool,
                        rows.stream().map(Map.Entry::getKey).toArray(Integer[]::new),
                        rows.stream().map(Map.Entry::getValue).toArray(Long[]::new))
                .mapEmpty();
    }

    /** The store's secret key for ids of row changes. */
    Future<byte[]> idKey() {
        return pool.query(ID_KEY)
                .execute()
                .map(rows -> Rows.only(rows).getBuffer("event_id_key").getBytes());
    }

    private static Stored stored(Row row, NewlyOwed owed) {
        if (row.getLong("fenced") == 0) {
            return new Stored.MatchOutdated();
        }
        @Nullable LocalDate today = row.getLocalDate("today");
        return today == null
                ? new Stored.CheckpointLost()
                : new Stored.Done(owed.stored(
                        row, today, row.getOffsetDateTime("stored_at").toInstant()));
    }
}
