package nexus.intake;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import io.vertx.sqlclient.data.NullValue;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import nexus.queue.process.ProcessLock;
import nexus.store.PipelinedTransaction;
import nexus.store.Store;
import nexus.store.StoreErrors;
import nexus.subscription.catalog.SubscriptionRepository;
import org.jspecify.annotations.Nullable;

/**
 * Inserts into {@code event}, {@code idempotency}, {@code owed} and {@code owed_run}, and moves {@code
 * source_position}. One statement stores all of it or nothing. A separate statement before it takes the catalog's lock,
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

    /**
     * {@code gate} is empty, and so are all other parts, if the catalog, the owner of lanes with packed rows or the
     * position is not as expected. Rows come from arrays side by side in a select list, which keeps their order and,
     * unlike a function in FROM, makes no copy of them.
     */
    private static final String ACCEPT = """
            WITH fence AS MATERIALIZED (
                SELECT (now() AT TIME ZONE 'UTC')::date AS today FROM store
                WHERE catalog_version = $1
                  AND ($25::int IS NULL
                       OR (SELECT count(*) FROM shard WHERE process = $25::int AND shard = ANY ($26::smallint[]))
                              = cardinality($26::smallint[]))),
            moved AS (
                UPDATE source_position
                SET done_end_lsn = $5::text::pg_lsn, open_commit_lsn = $6::text::pg_lsn, open_ordinal = $7::bigint,
                    updated_at = now()
                WHERE slot = $2::text AND generation = $3::bigint AND done_end_lsn = $4::text::pg_lsn
                  AND open_commit_lsn IS NOT DISTINCT FROM $8::text::pg_lsn
                  AND open_ordinal IS NOT DISTINCT FROM $9::bigint
                  AND EXISTS (SELECT FROM fence)
                RETURNING 1),
            gate AS MATERIALIZED (
                SELECT today FROM fence WHERE $2::text IS NULL OR EXISTS (SELECT FROM moved)),
            drawn AS MATERIALIZED (
                SELECT array_agg(nextval('owed_seq_seq')) AS seqs FROM (SELECT unnest($16::int[]) FROM gate) d),
            put AS (
                INSERT INTO owed (
                    lane, stripe, seq, key, other_key, barrier, created_at, event_day, event_id, body_bytes, own)
                SELECT lane, stripe, seq, key, other_key, barrier, now(), today, ($10::uuid[])[event], body_bytes, own
                FROM (SELECT today, unnest($16::int[]) AS lane, unnest($17::int[]) AS stripe,
                             unnest(seqs) AS seq, unnest($18::bigint[]) AS key, unnest($19::bigint[]) AS other_key,
                             unnest($20::boolean[]) AS barrier, unnest($21::int[]) AS event,
                             unnest($22::int[]) AS body_bytes, unnest($23::boolean[]) AS own,
                             unnest($24::int[]) AS run
                      FROM gate, drawn WHERE 0 = ANY ($24::int[])) o
                WHERE run = 0
                RETURNING ctid),
            folded AS (
                INSERT INTO owed_run (
                    lane, first_seq, event_day, created_at, seqs, stripes, keys, event_ids, body_bytes, is_owed)
                SELECT lane, min(seq), min(today), now(), array_agg(seq), array_agg(stripe::smallint), array_agg(key),
                       array_agg(($10::uuid[])[event]), array_agg(body_bytes), repeat('1', count(*)::int)::bit varying
                FROM (SELECT *
                      FROM (SELECT today, unnest($16::int[]) AS lane, unnest($17::int[]) AS stripe,
                                   unnest(seqs) AS seq, unnest($18::bigint[]) AS key, unnest($21::int[]) AS event,
                                   unnest($22::int[]) AS body_bytes, unnest($24::int[]) AS run
                            FROM gate, drawn WHERE $25::int IS NOT NULL) o
                      WHERE run > 0 ORDER BY lane, run, seq) r
                GROUP BY lane, run),
            stored AS (
                INSERT INTO event (day, id, seq, type, created_at, accepted_at, body, lanes, seqs)
                SELECT today, id, nextval('event_seq'), type, created_at, now(), body,
                       ($16::int[])[first:last], coalesce(((SELECT seqs FROM drawn))[first:last], '{}')
                FROM (SELECT today, unnest($10::uuid[]) AS id, unnest($11::text[]) AS type,
                             unnest($12::timestamptz[]) AS created_at, unnest($13::bytea[]) AS body,
                             unnest($14::int[]) AS first, unnest($15::int[]) AS last
                      FROM gate) m),
            claimed AS (
                INSERT INTO idempotency (scope, key, body_hash, answer, expires_at)
                SELECT k.scope, k.key, k.body_hash, k.answer, k.expires_at
                FROM gate, unnest($30::text[], $31::text[], $32::text[], $33::text[], $34::timestamptz[])
                           k(scope, key, body_hash, answer, expires_at)
                ORDER BY k.scope, k.key),
            counted AS (
                INSERT INTO stat_delta (lane, events, deliveries, pending)
                SELECT 0, $27::bigint, 0, 0 FROM gate WHERE $27::bigint > 0
                UNION ALL
                SELECT c.lane, 0, c.owed, c.owed FROM gate, unnest($28::int[], $29::bigint[]) c(lane, owed))
            SELECT (SELECT count(*) FROM fence) AS fenced, (SELECT today FROM gate) AS today, now() AS stored_at,
                   seqs, ARRAY(SELECT ctid::text FROM put) AS places
            FROM drawn""";

    private static final String FIND_CLAIM =
            "SELECT body_hash, answer FROM idempotency WHERE scope = $1 AND key = $2 AND expires_at > now()";

    private static final String DROP_EXPIRED_CLAIM =
            "DELETE FROM idempotency WHERE scope = $1 AND key = $2 AND expires_at <= now()";

    private static final String HAS_EVENT = "SELECT FROM event WHERE id = $1";

    private static final String ID_KEY = "SELECT event_id_key FROM store";

    private static final String TAKEN =
            "SELECT id, type, created_at, sha256(body) AS body_hash FROM event WHERE id = ANY ($1::uuid[])";

    private static final String ENSURE_TODAY = "SELECT ensure_day((now() AT TIME ZONE 'UTC')::date)";

    /** The result of the statement. */
    sealed interface Stored {
        /**
         * The events are committed.
         *
         * @param seqs seqs of the deliveries, in the order of the columns
         * @param places row locations of the deliveries that are single rows, in the same order
         */
        record Done(LocalDate day, Instant at, List<Long> seqs, List<String> places) implements Stored {}

        /** The subscriptions, or the owner of their lanes, have changed since the match: nothing was stored. */
        record MatchOutdated() implements Stored {}

        /** The stored position is not the expected one: nothing was stored. */
        record PositionMoved() implements Stored {}
    }

    /** A row for {@code idempotency}. */
    record Claim(String scope, String key, String bodyHash, String answer, OffsetDateTime expiresAt) {}

    /** A key that was used before. */
    record KnownClaim(String bodyHash, String answer) {}

    /** The old and the new position of the source. */
    record PositionMove(SourcePosition from, SourcePosition to) {}

    private final Pool pool;

    EventRepository(Store store) {
        this.pool = store.intake();
    }

    Future<Stored> store(MatchedEvents events, List<Claim> claims, Optional<PositionMove> move) {
        Tuple parameters = parameters(events, claims, move);
        Optional<Integer> owner = events.runs.owner();
        return accept(owner, parameters)
                .recover(failure -> StoreErrors.isMissingPartition(failure)
                        ? pool.query(ENSURE_TODAY).execute().compose(made -> accept(owner, parameters))
                        : Future.failedFuture(failure));
    }

    /**
     * Tests whether the store accepts these events, without storing them. Fails if the failure may have another cause.
     */
    Future<Boolean> accepts(MatchedEvents events) {
        Tuple parameters = parameters(events, List.of(), Optional.empty());
        return PipelinedTransaction.run(pool, connection -> {
                    Future<?> lock = connection.preparedQuery(LOCK_CATALOG).execute();
                    Future<RowSet<Row>> accepted =
                            connection.preparedQuery(ACCEPT).execute(parameters);
                    Future<?> undone = connection.query("ROLLBACK").execute();
                    return lock.compose(locked -> accepted).compose(answer -> undone);
                })
                .map(undone -> true)
                .recover(failure -> StoreErrors.isAboutOneRow(failure) && !StoreErrors.isMissingPartition(failure)
                        ? Future.succeededFuture(false)
                        : Future.failedFuture(failure));
    }

    private Future<Stored> accept(Optional<Integer> owner, Tuple parameters) {
        return PipelinedTransaction.run(pool, connection -> {
                    Future<?> lock = connection
                            .query(owner.map(EventRepository::lockCatalogAnd).orElse(LOCK_CATALOG))
                            .execute();
                    Future<RowSet<Row>> accepted =
                            connection.preparedQuery(ACCEPT).execute(parameters);
                    return lock.compose(locked -> accepted);
                })
                .map(EventRepository::stored)
                .recover(failure -> owner.isPresent() && StoreErrors.isMissingTable(failure)
                        ? Future.succeededFuture(new Stored.MatchOutdated())
                        : Future.failedFuture(failure));
    }

    /** Whether the catalog still has this version, read under its lock. */
    Future<Boolean> isCatalogAt(long version) {
        return PipelinedTransaction.run(pool, connection -> {
                    Future<?> lock = connection.query(LOCK_CATALOG).execute();
                    Future<RowSet<Row>> read =
                            connection.preparedQuery(CATALOG_VERSION).execute();
                    return lock.compose(locked -> read);
                })
                .map(rows -> rows.iterator().next().getLong(0) == version);
    }

    Future<Optional<KnownClaim>> findClaim(String scope, String key) {
        return pool.preparedQuery(DROP_EXPIRED_CLAIM)
                .execute(Tuple.of(scope, key))
                .compose(dropped -> pool.preparedQuery(FIND_CLAIM).execute(Tuple.of(scope, key)))
                .map(rows -> {
                    for (Row row : rows) {
                        return Optional.of(new KnownClaim(row.getString(0), row.getString(1)));
                    }
                    return Optional.empty();
                });
    }

    Future<Boolean> hasEvent(UUID id) {
        return pool.preparedQuery(HAS_EVENT).execute(Tuple.of(id)).map(rows -> rows.size() > 0);
    }

    /** The stored events with these ids, by id. */
    Future<Map<UUID, TakenIds.Holder>> holders(Collection<UUID> ids) {
        return pool.preparedQuery(TAKEN)
                .execute(Tuple.of(ids.toArray(UUID[]::new)))
                .map(rows -> {
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

    /** The store's secret key for ids of row changes. */
    Future<byte[]> idKey() {
        return pool.query(ID_KEY)
                .execute()
                .map(rows -> rows.iterator().next().getBuffer(0).getBytes());
    }

    private static Tuple parameters(MatchedEvents events, List<Claim> claims, Optional<PositionMove> move) {
        Tuple tuple = Tuple.tuple();
        tuple.addLong(events.catalogVersion);
        addMove(tuple, move);
        addEvents(tuple, events);
        addOwed(tuple, events.owed);
        addRuns(tuple, events.runs);
        addCounts(tuple, events);
        addClaims(tuple, claims);
        return tuple;
    }

    private static void addEvents(Tuple tuple, MatchedEvents events) {
        tuple.addArrayOfUUID(events.ids.toArray(UUID[]::new));
        tuple.addArrayOfString(events.types.toArray(String[]::new));
        tuple.addArrayOfOffsetDateTime(events.createdAts.toArray(OffsetDateTime[]::new));
        tuple.addArrayOfBuffer(events.bodies.toArray(Buffer[]::new));
        tuple.addArrayOfInteger(events.firstsOwed.toArray(Integer[]::new));
        tuple.addArrayOfInteger(events.lastsOwed.toArray(Integer[]::new));
    }

    private static void addOwed(Tuple tuple, OwedColumns owed) {
        tuple.addArrayOfInteger(owed.lanes.toArray(Integer[]::new));
        tuple.addArrayOfInteger(owed.keySlices.toArray(Integer[]::new));
        tuple.addArrayOfLong(owed.keys.toArray(Long[]::new));
        tuple.addArrayOfLong(owed.otherKeys.toArray(Long[]::new));
        tuple.addArrayOfBoolean(owed.barriers.toArray(Boolean[]::new));
        tuple.addArrayOfInteger(owed.events.toArray(Integer[]::new));
        tuple.addArrayOfInteger(owed.bytes.toArray(Integer[]::new));
        tuple.addArrayOfBoolean(owed.own.toArray(Boolean[]::new));
    }

    private static void addRuns(Tuple tuple, RunPlan runs) {
        tuple.addArrayOfInteger(runs.numbers());
        tuple.addValue(runs.owner().<Object>map(process -> process).orElse(NullValue.Integer));
        tuple.addArrayOfShort(runs.shards());
    }

    private static void addCounts(Tuple tuple, MatchedEvents events) {
        tuple.addLong(events.counted);
        Map<Integer, Long> deliveries = events.owed.counted();
        tuple.addArrayOfInteger(deliveries.keySet().toArray(Integer[]::new));
        tuple.addArrayOfLong(deliveries.values().toArray(Long[]::new));
    }

    private static void addClaims(Tuple tuple, List<Claim> claims) {
        tuple.addArrayOfString(texts(claims, Claim::scope));
        tuple.addArrayOfString(texts(claims, Claim::key));
        tuple.addArrayOfString(texts(claims, Claim::bodyHash));
        tuple.addArrayOfString(texts(claims, Claim::answer));
        tuple.addArrayOfOffsetDateTime(claims.stream().map(Claim::expiresAt).toArray(OffsetDateTime[]::new));
    }

    private static void addMove(Tuple tuple, Optional<PositionMove> move) {
        if (move.isEmpty()) {
            for (int i = 2; i <= 9; i++) {
                tuple.addValue(i == 3 || i == 7 || i == 9 ? NullValue.Long : NullValue.String);
            }
            return;
        }
        SourcePosition from = move.get().from();
        SourcePosition to = move.get().to();
        tuple.addString(from.slot());
        tuple.addLong(from.generation());
        tuple.addString(lsn(from.doneEndLsn()));
        tuple.addString(lsn(to.doneEndLsn()));
        tuple.addValue(commitLsn(to));
        tuple.addValue(ordinal(to));
        tuple.addValue(commitLsn(from));
        tuple.addValue(ordinal(from));
    }

    private static Object commitLsn(SourcePosition position) {
        return position.open().isPresent() ? lsn(position.open().get().commitLsn()) : NullValue.String;
    }

    private static Object ordinal(SourcePosition position) {
        return position.open().isPresent() ? position.open().get().ordinal() : NullValue.Long;
    }

    /** An LSN in PostgreSQL's notation. */
    private static String lsn(long lsn) {
        return Long.toHexString(lsn >>> 32) + "/" + Long.toHexString(lsn & 0xffffffffL);
    }

    private static String[] texts(Collection<Claim> claims, Function<Claim, String> text) {
        return claims.stream().map(text).toArray(String[]::new);
    }

    private static Stored stored(RowSet<Row> rows) {
        Row row = rows.iterator().next();
        if (row.getLong(0) == 0) {
            return new Stored.MatchOutdated();
        }
        @Nullable LocalDate today = row.getLocalDate(1);
        if (today == null) {
            return new Stored.PositionMoved();
        }
        Long @Nullable [] seqs = row.getArrayOfLongs(3);
        String @Nullable [] places = row.getArrayOfStrings(4);
        return new Stored.Done(
                today,
                row.getOffsetDateTime(2).toInstant(),
                seqs == null ? List.of() : List.of(seqs),
                places == null ? List.of() : List.of(places));
    }
}
