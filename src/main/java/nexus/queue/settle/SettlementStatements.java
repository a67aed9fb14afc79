package nexus.queue.settle;

import static java.util.Comparator.naturalOrder;
import static nexus.store.NamedSql.array;
import static nexus.store.NamedSql.parameter;

import io.vertx.sqlclient.Tuple;
import io.vertx.sqlclient.data.NullValue;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import nexus.queue.lease.Term;
import nexus.queue.owed.OwedDelivery;
import nexus.queue.owed.PackedRow;
import nexus.queue.owed.PackedRows;
import nexus.queue.settle.Outcome.AttemptMade;
import nexus.store.NamedSql;
import nexus.store.Rows;
import nexus.tally.Tried;
import org.jspecify.annotations.Nullable;

/**
 * The statements of a settlement, with their parameters. Each returns whether the term lasts, and the seqs that it stored;
 * none when the term is over.
 */
final class SettlementStatements {
    /**
     * A row lies where it lay when it was read or stored: what was delivered needs no look-up. One that has been changed
     * since lies elsewhere, and is settled by {@link #SETTLE}; where it lay may be another one by now, so seqs are compared.
     * Not by an index ({@code + 0}): PostgreSQL 18 would skip through all lanes for them. A packed row that is not there any more
     * was unpacked.
     *
     * <p>What was retried by hand before its first attempt is not packed in history: {@code created_at} comes from
     * here. When everything is where it is thought to be, the arrays go into history as they came.
     */
    static final NamedSql.From<Packed> DELIVERED_PACKED = NamedSql.from(
            """
            WITH fence AS MATERIALIZED (SELECT FROM process WHERE id = :process AND epoch = :epoch),
            gone AS (
                DELETE FROM owed
                WHERE ctid = ANY (ARRAY(SELECT unnest(:places::text[])::tid))
                  AND seq + 0 IN (SELECT unnest(:seqs::bigint[]))
                  AND renewed_at IS NULL AND attempts = 0 AND due IS NULL AND EXISTS (SELECT FROM fence)
                RETURNING seq),
            over AS (
                DELETE FROM owed_run
                WHERE lane = :lane::int AND first_seq = ANY (:over::bigint[]) AND EXISTS (SELECT FROM fence)
                RETURNING first_seq),
            left_over AS (
                UPDATE owed_run r
                SET is_owed = (:left_over_bits::text[])[array_position(:left_over::bigint[], r.first_seq)]::bit varying
                WHERE lane = :lane::int AND first_seq = ANY (:left_over::bigint[]) AND EXISTS (SELECT FROM fence)
                RETURNING first_seq),
            whole AS MATERIALIZED (
                SELECT FROM fence
                WHERE (SELECT count(*) FROM gone) = cardinality(:places::text[])
                  AND (SELECT count(*) FROM over) = cardinality(:over::bigint[])
                  AND (SELECT count(*) FROM left_over) = cardinality(:left_over::bigint[])),
            part AS MATERIALIZED (
                SELECT *
                FROM unnest(:seqs::bigint[], :key_slices::smallint[], :event_ids::uuid[], :owed_since::timestamptz[],
                            :attempted_at::timestamptz[], :durations_ms::int[], :status_codes::smallint[],
                            :responses::text[], :packed_rows::bigint[], :batches::uuid[], :tried::bigint[])
                     s(seq, stripe, event_id, created_at, attempted_at, duration_ms, status_code, response, run, batch,
                       tried)
                WHERE NOT EXISTS (SELECT FROM whole)
                  AND (seq IN (SELECT seq FROM gone)
                       OR run IN (SELECT first_seq FROM over UNION ALL SELECT first_seq FROM left_over))),
            history AS (
                INSERT INTO delivery_run (
                    day, lane, first_seq, last_seq, first_attempted_at, last_attempted_at, settled_at,
                    seqs, stripes, event_ids, created_at, attempted_at, duration_ms, status_codes, responses,
                    batches)
                SELECT :day::date, :lane::int, (:seqs::bigint[])[1], (:seqs::bigint[])[cardinality(:seqs::bigint[])],
                       :first_attempted_at::timestamptz, :last_attempted_at::timestamptz, now(), :seqs::bigint[],
                       :key_slices::smallint[], :event_ids::uuid[], :owed_since::timestamptz[],
                       :attempted_at::timestamptz[], :durations_ms::int[], :status_codes::smallint[], :responses::text[],
                       :batches::uuid[]
                FROM whole
                UNION ALL
                SELECT :day::date, :lane::int, min(seq), max(seq), min(attempted_at), max(attempted_at), now(),
                       array_agg(seq), array_agg(stripe), array_agg(event_id), array_agg(created_at),
                       array_agg(attempted_at), array_agg(duration_ms), array_agg(status_code),
                       CASE WHEN count(response) > 0 THEN array_agg(response) END,
                       CASE WHEN count(batch) > 0 THEN array_agg(batch) END
                FROM part HAVING count(*) > 0),
            counted AS (
                INSERT INTO stat_delta (lane, pending, sent, tried)
                SELECT :lane::int, -cardinality(:seqs::bigint[]), cardinality(:seqs::bigint[]), :all_tried::bigint[]
                FROM whole
                UNION ALL
                SELECT :lane::int, -count(*), count(*), array_agg(tried) FROM part HAVING count(*) > 0)
            SELECT (SELECT count(*) FROM fence) AS fenced,
                   CASE WHEN EXISTS (SELECT FROM whole) THEN :seqs::bigint[] ELSE ARRAY(SELECT seq FROM part) END AS seqs""",
            parameter("process", packed -> packed.sent().process()),
            parameter("epoch", packed -> packed.sent().epoch()),
            parameter("day", packed -> packed.history().day()),
            parameter("lane", packed -> packed.history().lane()),
            parameter("places", packed -> packed.sent().places()),
            parameter("seqs", packed -> packed.sent().seqs()),
            parameter("key_slices", packed -> packed.sent().deliveries(Short[]::new, owed -> (short) owed.keySlice())),
            parameter("event_ids", packed -> packed.sent().deliveries(UUID[]::new, OwedDelivery::eventId)),
            parameter("owed_since", packed -> packed.sent()
                    .deliveries(OffsetDateTime[]::new, owed -> Rows.utc(owed.owedSince()))),
            parameter("attempted_at", packed -> packed.sent().attemptedAt()),
            parameter("durations_ms", packed -> packed.sent().durations()),
            parameter(
                    "status_codes", packed -> packed.sent().attempts(Short[]::new, SettlementStatements::shortStatus)),
            parameter("responses", packed -> responsesIfAny(packed.sent())),
            parameter("batches", packed -> batchesIfAny(packed.sent())),
            parameter("tried", packed -> packed.sent().tried()),
            parameter("all_tried", packed -> Tried.summed(packed.sent().tried())),
            parameter("packed_rows", packed -> packed.sent()
                    .deliveries(Long[]::new, SettlementStatements::firstSeqOfPackedRow)),
            parameter("over", packed -> array(packed.over(), Long[]::new, PackedRow::firstSeq)),
            parameter("left_over", packed -> array(packed.leftOver(), Long[]::new, PackedRow::firstSeq)),
            parameter("left_over_bits", packed -> array(packed.leftOver(), String[]::new, packed::bits)),
            parameter("first_attempted_at", packed -> Rows.utc(packed.attempts().min(naturalOrder()))),
            parameter("last_attempted_at", packed -> Rows.utc(packed.attempts().max(naturalOrder()))));

    /**
     * The values of {@link #DELIVERED_PACKED}.
     *
     * @param left the deliveries that remain owed, for each changed packed row
     */
    private record Packed(OutcomeColumns<Outcome.Sent> sent, PackedHistory history, Map<PackedRow, BitSet> left) {
        /** The packed rows without a remaining delivery. */
        List<PackedRow> over() {
            return left.keySet().stream().filter(row -> left(row).isEmpty()).toList();
        }

        /** The other packed rows. */
        List<PackedRow> leftOver() {
            return left.keySet().stream().filter(row -> !left(row).isEmpty()).toList();
        }

        String bits(PackedRow row) {
            return row.bits(left(row));
        }

        private BitSet left(PackedRow row) {
            return Objects.requireNonNull(left.get(row));
        }

        Stream<Instant> attempts() {
            return history.deliveries().stream().map(outcome -> outcome.made().at());
        }
    }

    /** The rest of packed rows whose deliveries become separate rows. */
    static final NamedSql.From<Unpacking> UNPACK = NamedSql.from(
            """
            SELECT (SELECT count(*) FROM process WHERE id = :process AND epoch = :epoch) AS fenced, '{}'::bigint[] AS seqs,
                   (SELECT count(unfolded) FROM (
            """ + PackedRows.unpackingThese() + ") unfolded) AS runs",
            parameter("process", unpacking -> unpacking.term().process()),
            parameter("epoch", unpacking -> unpacking.term().epoch()),
            parameter("lanes", unpacking -> array(unpacking.rows(), Integer[]::new, PackedRow::lane)),
            parameter("first_seqs", unpacking -> array(unpacking.rows(), Long[]::new, PackedRow::firstSeq)));

    /** The values of {@link #UNPACK}. */
    private record Unpacking(Term term, Collection<PackedRow> rows) {}

    /** As {@link #DELIVERED_PACKED}, for deliveries that become separate rows of history. All columns but those of the attempt are in the owed row. */
    static final NamedSql.From<OutcomeColumns<Outcome.Sent>> DELIVERED = NamedSql.from(
            """
            WITH fence AS MATERIALIZED (SELECT FROM process WHERE id = :process AND epoch = :epoch),
            gone AS (
                DELETE FROM owed
                WHERE ctid = ANY (ARRAY(SELECT unnest(:places::text[])::tid))
                  AND seq + 0 IN (SELECT unnest(:seqs::bigint[]))
                  AND EXISTS (SELECT FROM fence)
                RETURNING event_day, lane, stripe, seq, key, other_key, barrier, event_id, body_bytes, own, due, attempts,
                          attempts_before, created_at),
            done AS MATERIALIZED (
                SELECT *
                FROM gone JOIN unnest(:seqs::bigint[], :attempted_at::timestamptz[], :durations_ms::int[],
                                      :status_codes::int[], :errors::text[], :responses::text[],
                                      :batches::uuid[], :tried::bigint[])
                               s(seq, attempted_at, duration_ms, status_code, error, response, batch, tried)
                          USING (seq)),
            history AS (
                INSERT INTO delivery (
                    day, lane, stripe, seq, key, other_key, barrier, event_id, body_bytes, own, status,
                    attempts, attempts_before, created_at, settled_at,
                    attempted_at, duration_ms, status_code, error, response, batch)
                SELECT event_day, lane, stripe, seq, key, other_key, barrier, event_id, body_bytes, own, 'SENT',
                       attempts + 1, attempts_before, created_at, now(),
                       attempted_at, duration_ms, status_code, error, response, batch
                FROM done),
            counted AS (
                INSERT INTO stat_delta (lane, pending, failed, sent, tried)
                SELECT lane, -count(*) FILTER (WHERE due IS NULL), -count(*) FILTER (WHERE due IS NOT NULL), count(*),
                       array_agg(tried)
                FROM done
                WHERE NOT own GROUP BY lane)
            SELECT (SELECT count(*) FROM fence) AS fenced, ARRAY(SELECT seq FROM gone) AS seqs""",
            parameter("process", OutcomeColumns::process),
            parameter("epoch", OutcomeColumns::epoch),
            parameter("places", OutcomeColumns::places),
            parameter("seqs", OutcomeColumns::seqs),
            parameter("attempted_at", OutcomeColumns::attemptedAt),
            parameter("durations_ms", OutcomeColumns::durations),
            parameter("status_codes", OutcomeColumns::statusCodes),
            parameter("errors", OutcomeColumns::errors),
            parameter("responses", OutcomeColumns::responses),
            parameter("batches", SettlementStatements::batchesIfAny),
            parameter("tried", OutcomeColumns::tried));

    /**
     * The rows are found first, by a plan that has no choice: joined to the outcomes by a DELETE or UPDATE of their own, a
     * planner that thinks the table empty walks all of it, with all outcomes for each row. What was changed between the
     * finding and the deleting is left as it is.
     */
    static final NamedSql.From<OutcomeColumns<Outcome>> SETTLE = NamedSql.from(
            """
            WITH fence AS MATERIALIZED (SELECT FROM process WHERE id = :process AND epoch = :epoch),
            outcome AS MATERIALIZED (
                SELECT * FROM unnest(:lanes::int[], :key_slices::int[], :seqs::bigint[], :statuses::text[],
                                     :next_dues::timestamptz[], :reasons::text[], :attempted_at::timestamptz[],
                                     :durations_ms::int[], :status_codes::int[], :errors::text[], :responses::text[],
                                     :attempts::int[], :attempts_before::int[], :batches::uuid[],
                                     :tried::bigint[])
                    s(lane, stripe, seq, status, next_due, reason, attempted_at, duration_ms, status_code, error,
                      response, attempts, attempts_before, batch, tried)
                WHERE EXISTS (SELECT FROM fence)),
            found AS MATERIALIZED (
                SELECT o.*, s.status, s.next_due, s.reason, s.attempted_at, s.duration_ms, s.status_code, s.error,
                       s.response, s.batch, s.tried
                FROM outcome s CROSS JOIN LATERAL (
                    SELECT ctid AS place, lane, stripe, seq, key, other_key, barrier, due, attempts, attempts_before,
                           created_at, event_day, event_id, body_bytes, own, job
                    FROM owed o WHERE o.lane = s.lane AND o.stripe = s.stripe AND o.seq = s.seq LIMIT 1) o
                WHERE s.status = 'SENT' OR (o.attempts = s.attempts AND o.attempts_before = s.attempts_before)),
            gone AS (
                DELETE FROM owed WHERE ctid = ANY (ARRAY(SELECT place FROM found WHERE next_due IS NULL))
                RETURNING seq),
            done AS MATERIALIZED (
                SELECT * FROM found WHERE next_due IS NULL AND seq IN (SELECT seq FROM gone)),
            history AS (
                INSERT INTO delivery (
                    day, lane, stripe, seq, key, other_key, barrier, event_id, body_bytes, own, status, dead_reason,
                    attempts, attempts_before, created_at, settled_at,
                    attempted_at, duration_ms, status_code, error, response, batch, job)
                SELECT event_day, lane, stripe, seq, key, other_key, barrier, event_id, body_bytes, own, status, reason,
                       attempts + CASE WHEN attempted_at IS NULL THEN 0 ELSE 1 END, attempts_before, created_at, now(),
                       attempted_at, duration_ms, status_code, error, response, batch,
                       CASE WHEN status = 'DEAD' THEN job END
                FROM done),
            delayed AS (
                UPDATE owed o
                SET due = (:next_dues::timestamptz[])[array_position(:seqs::bigint[], o.seq)], attempts = o.attempts + 1
                WHERE ctid = ANY (ARRAY(SELECT place FROM found WHERE next_due IS NOT NULL))
                RETURNING seq, due, attempts),
            again AS MATERIALIZED (
                SELECT f.lane, f.seq, f.event_day, d.attempts, f.attempts_before, f.own, d.due, f.attempted_at,
                       f.duration_ms, f.status_code, f.error, f.response, f.batch, f.tried
                FROM found f JOIN delayed d ON d.seq = f.seq),
            tried AS (
                INSERT INTO attempt (
                    day, lane, seq, attempt, attempted_at, duration_ms, status_code, error, response, next_run_at,
                    batch)
                SELECT event_day, lane, seq, attempts, attempted_at, duration_ms, status_code, error, response, due, batch
                FROM again),
            counted AS (
                INSERT INTO stat_delta (lane, pending, failed, sent, dead, tried)
                SELECT lane, sum(pending), sum(failed), sum(sent), sum(dead),
                       array_agg(tried) FILTER (WHERE tried IS NOT NULL)
                FROM (SELECT lane, -(due IS NULL)::int AS pending, -(due IS NOT NULL)::int AS failed,
                             (status = 'SENT')::int AS sent, (status = 'DEAD')::int AS dead, tried
                      FROM done WHERE NOT own
                      UNION ALL
                      SELECT lane, -first, first, 0, 0, tried
                      FROM (SELECT lane, (attempts = attempts_before + 1)::int AS first, tried
                            FROM again WHERE NOT own) again) change
                GROUP BY lane)
            SELECT (SELECT count(*) FROM fence) AS fenced,
                   ARRAY(SELECT seq FROM done UNION ALL SELECT seq FROM again) AS seqs""",
            parameter("process", OutcomeColumns::process),
            parameter("epoch", OutcomeColumns::epoch),
            parameter("lanes", outcomes -> outcomes.deliveries(Integer[]::new, OwedDelivery::lane)),
            parameter("key_slices", outcomes -> outcomes.deliveries(Integer[]::new, OwedDelivery::keySlice)),
            parameter("seqs", OutcomeColumns::seqs),
            parameter("statuses", outcomes -> array(outcomes.of(), String[]::new, SettlementStatements::status)),
            parameter(
                    "next_dues",
                    outcomes -> array(outcomes.of(), OffsetDateTime[]::new, SettlementStatements::nextDue)),
            parameter("reasons", outcomes -> array(outcomes.of(), String[]::new, SettlementStatements::deadReason)),
            parameter("attempted_at", OutcomeColumns::attemptedAt),
            parameter("durations_ms", OutcomeColumns::durations),
            parameter("status_codes", OutcomeColumns::statusCodes),
            parameter("errors", OutcomeColumns::errors),
            parameter("responses", OutcomeColumns::responses),
            parameter("attempts", outcomes -> outcomes.deliveries(Integer[]::new, OwedDelivery::attempts)),
            parameter("attempts_before", outcomes -> outcomes.deliveries(Integer[]::new, OwedDelivery::attemptsBefore)),
            parameter("batches", SettlementStatements::batchesIfAny),
            parameter("tried", OutcomeColumns::tried));

    /** Every writer locks rows in this order, so that two writers cannot deadlock. */
    private static final Comparator<Outcome> BY_KEY = Comparator.comparingInt(
                    (Outcome outcome) -> outcome.delivery().lane())
            .thenComparingInt(outcome -> outcome.delivery().keySlice())
            .thenComparingLong(outcome -> outcome.delivery().seq());

    /** One of them. */
    record Write(String statement, Tuple parameters) {}

    private final Term term;

    SettlementStatements(Term term) {
        this.term = term;
    }

    /** @param left the deliveries that remain owed, for each changed packed row */
    Write deliveredPacked(PackedHistory history, Map<PackedRow, BitSet> left) {
        return write(DELIVERED_PACKED, new Packed(new OutcomeColumns<>(term, history.deliveries()), history, left));
    }

    Write unpack(Collection<PackedRow> rows) {
        return write(UNPACK, new Unpacking(term, rows));
    }

    Write delivered(List<Outcome.Sent> sent) {
        return write(DELIVERED, new OutcomeColumns<>(term, sent));
    }

    Write byKey(List<? extends Outcome> unsorted) {
        List<Outcome> outcomes = unsorted.stream()
                .<Outcome>map(outcome -> outcome)
                .sorted(BY_KEY)
                .toList();
        return write(SETTLE, new OutcomeColumns<>(term, outcomes));
    }

    private static <P> Write write(NamedSql.From<P> statement, P values) {
        return new Write(statement.text(), statement.tuple(values));
    }

    private static String status(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Sent sent -> "SENT";
            case Outcome.Again again -> "FAILED";
            case Outcome.Dead dead -> "DEAD";
        };
    }

    private static @Nullable OffsetDateTime nextDue(Outcome outcome) {
        return outcome instanceof Outcome.Again again ? Rows.utc(again.due()) : null;
    }

    private static @Nullable String deadReason(Outcome outcome) {
        return outcome instanceof Outcome.Dead dead ? dead.reason() : null;
    }

    private static @Nullable Short shortStatus(AttemptMade made) {
        Integer status = made.statusCode();
        return status == null ? null : status.shortValue();
    }

    private static @Nullable Long firstSeqOfPackedRow(OwedDelivery delivery) {
        return delivery.place() instanceof PackedRow row ? row.firstSeq() : null;
    }

    /** History has no array of responses when all are missing. */
    private static Object responsesIfAny(OutcomeColumns<Outcome.Sent> sent) {
        @Nullable String[] responses = sent.responses();
        return Arrays.stream(responses).allMatch(Objects::isNull) ? NullValue.ArrayOfString : responses;
    }

    /** A missing array stands for nulls. */
    private static Object batchesIfAny(OutcomeColumns<?> outcomes) {
        @Nullable UUID[] batches = outcomes.batches();
        return Arrays.stream(batches).allMatch(Objects::isNull) ? NullValue.ArrayOfUUID : batches;
    }
}
