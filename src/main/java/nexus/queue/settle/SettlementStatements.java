package nexus.queue.settle;

import io.vertx.sqlclient.Tuple;
import io.vertx.sqlclient.data.NullValue;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.IntFunction;
import nexus.queue.lease.Term;
import nexus.queue.owed.OwedDelivery;
import nexus.queue.owed.PackedRow;
import nexus.queue.owed.PackedRows;
import nexus.queue.owed.Place;
import nexus.queue.settle.Outcome.AttemptMade;
import nexus.store.Rows;
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
    static final String DELIVERED_PACKED = """
            WITH fence AS MATERIALIZED (SELECT FROM process WHERE id = $1 AND epoch = $2),
            gone AS (
                DELETE FROM owed
                WHERE ctid = ANY (ARRAY(SELECT unnest($5::text[])::tid)) AND seq + 0 IN (SELECT unnest($6::bigint[]))
                  AND renewed_at IS NULL AND attempts = 0 AND due IS NULL AND EXISTS (SELECT FROM fence)
                RETURNING seq),
            over AS (
                DELETE FROM owed_run
                WHERE lane = $4::int AND first_seq = ANY ($15::bigint[]) AND EXISTS (SELECT FROM fence)
                RETURNING first_seq),
            left_over AS (
                UPDATE owed_run r SET is_owed = ($17::text[])[array_position($16::bigint[], r.first_seq)]::bit varying
                WHERE lane = $4::int AND first_seq = ANY ($16::bigint[]) AND EXISTS (SELECT FROM fence)
                RETURNING first_seq),
            whole AS MATERIALIZED (
                SELECT FROM fence
                WHERE (SELECT count(*) FROM gone) = cardinality($5::text[])
                  AND (SELECT count(*) FROM over) = cardinality($15::bigint[])
                  AND (SELECT count(*) FROM left_over) = cardinality($16::bigint[])),
            part AS MATERIALIZED (
                SELECT *
                FROM unnest($6::bigint[], $7::smallint[], $8::uuid[], $9::timestamptz[], $10::timestamptz[], $11::int[],
                            $12::smallint[], $13::text[], $14::bigint[])
                     s(seq, stripe, event_id, created_at, attempted_at, duration_ms, status_code, response, run)
                WHERE NOT EXISTS (SELECT FROM whole)
                  AND (seq IN (SELECT seq FROM gone)
                       OR run IN (SELECT first_seq FROM over UNION ALL SELECT first_seq FROM left_over))),
            history AS (
                INSERT INTO delivery_run (
                    day, lane, first_seq, last_seq, first_attempted_at, last_attempted_at, settled_at,
                    seqs, stripes, event_ids, created_at, attempted_at, duration_ms, status_codes, responses)
                SELECT $3::date, $4::int, ($6::bigint[])[1], ($6::bigint[])[cardinality($6::bigint[])],
                       $18::timestamptz, $19::timestamptz, now(), $6::bigint[], $7::smallint[], $8::uuid[],
                       $9::timestamptz[], $10::timestamptz[], $11::int[], $12::smallint[], $13::text[]
                FROM whole
                UNION ALL
                SELECT $3::date, $4::int, min(seq), max(seq), min(attempted_at), max(attempted_at), now(),
                       array_agg(seq), array_agg(stripe), array_agg(event_id), array_agg(created_at),
                       array_agg(attempted_at), array_agg(duration_ms), array_agg(status_code),
                       CASE WHEN count(response) > 0 THEN array_agg(response) END
                FROM part HAVING count(*) > 0),
            counted AS (
                INSERT INTO stat_delta (lane, pending, sent)
                SELECT $4::int, -cardinality($6::bigint[]), cardinality($6::bigint[]) FROM whole
                UNION ALL
                SELECT $4::int, -count(*), count(*) FROM part HAVING count(*) > 0)
            SELECT (SELECT count(*) FROM fence) AS fenced,
                   CASE WHEN EXISTS (SELECT FROM whole) THEN $6::bigint[] ELSE ARRAY(SELECT seq FROM part) END AS seqs""";

    /** The rest of packed rows whose deliveries become separate rows. */
    static final String UNPACK =
            """
            SELECT (SELECT count(*) FROM process WHERE id = $1 AND epoch = $2) AS fenced, '{}'::bigint[] AS seqs,
                   (SELECT count(unfolded) FROM (
            """ + PackedRows.unpacking("unnest($3::int[], $4::bigint[]) r(lane, first_seq)") + ") unfolded) AS runs";

    /** As {@link #DELIVERED_PACKED}, for deliveries that become separate rows of history. All columns but those of the attempt are in the owed row. */
    static final String DELIVERED = """
            WITH fence AS MATERIALIZED (SELECT FROM process WHERE id = $1 AND epoch = $2),
            gone AS (
                DELETE FROM owed
                WHERE ctid = ANY (ARRAY(SELECT unnest($3::text[])::tid)) AND seq + 0 IN (SELECT unnest($4::bigint[]))
                  AND EXISTS (SELECT FROM fence)
                RETURNING event_day, lane, stripe, seq, key, other_key, barrier, event_id, body_bytes, own, due, attempts,
                          attempts_before, created_at),
            history AS (
                INSERT INTO delivery (
                    day, lane, stripe, seq, key, other_key, barrier, event_id, body_bytes, own, status,
                    attempts, attempts_before, created_at, settled_at,
                    attempted_at, duration_ms, status_code, error, response)
                SELECT event_day, lane, stripe, seq, key, other_key, barrier, event_id, body_bytes, own, 'SENT',
                       attempts + 1, attempts_before, created_at, now(),
                       attempted_at, duration_ms, status_code, error, response
                FROM gone JOIN unnest($4::bigint[], $5::timestamptz[], $6::int[], $7::int[], $8::text[], $9::text[])
                               s(seq, attempted_at, duration_ms, status_code, error, response) USING (seq)),
            counted AS (
                INSERT INTO stat_delta (lane, pending, failed, sent)
                SELECT lane, -count(*) FILTER (WHERE due IS NULL), -count(*) FILTER (WHERE due IS NOT NULL), count(*)
                FROM gone WHERE NOT own GROUP BY lane)
            SELECT (SELECT count(*) FROM fence) AS fenced, ARRAY(SELECT seq FROM gone) AS seqs""";

    /**
     * The rows are found first, by a plan that has no choice: joined to the outcomes by a DELETE or UPDATE of their own, a
     * planner that thinks the table empty walks all of it, with all outcomes for each row. What was changed between the
     * finding and the deleting is left as it is.
     */
    static final String SETTLE = """
            WITH fence AS MATERIALIZED (SELECT FROM process WHERE id = $1 AND epoch = $2),
            outcome AS MATERIALIZED (
                SELECT * FROM unnest($3::int[], $4::int[], $5::bigint[], $6::text[], $7::timestamptz[], $8::text[],
                                     $9::timestamptz[], $10::int[], $11::int[], $12::text[], $13::text[],
                                     $14::int[], $15::int[])
                    s(lane, stripe, seq, status, next_due, reason, attempted_at, duration_ms, status_code, error,
                      response, attempts, attempts_before)
                WHERE EXISTS (SELECT FROM fence)),
            found AS MATERIALIZED (
                SELECT o.*, s.status, s.next_due, s.reason, s.attempted_at, s.duration_ms, s.status_code, s.error,
                       s.response
                FROM outcome s CROSS JOIN LATERAL (
                    SELECT ctid AS place, lane, stripe, seq, key, other_key, barrier, due, attempts, attempts_before,
                           created_at, event_day, event_id, body_bytes, own
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
                    attempted_at, duration_ms, status_code, error, response)
                SELECT event_day, lane, stripe, seq, key, other_key, barrier, event_id, body_bytes, own, status, reason,
                       attempts + CASE WHEN attempted_at IS NULL THEN 0 ELSE 1 END, attempts_before, created_at, now(),
                       attempted_at, duration_ms, status_code, error, response
                FROM done),
            delayed AS (
                UPDATE owed o
                SET due = ($7::timestamptz[])[array_position($5::bigint[], o.seq)], attempts = o.attempts + 1
                WHERE ctid = ANY (ARRAY(SELECT place FROM found WHERE next_due IS NOT NULL))
                RETURNING seq, due, attempts),
            again AS MATERIALIZED (
                SELECT f.lane, f.seq, f.event_day, d.attempts, f.attempts_before, f.own, d.due, f.attempted_at,
                       f.duration_ms, f.status_code, f.error, f.response
                FROM found f JOIN delayed d ON d.seq = f.seq),
            tried AS (
                INSERT INTO attempt (
                    day, lane, seq, attempt, attempted_at, duration_ms, status_code, error, response, next_run_at)
                SELECT event_day, lane, seq, attempts, attempted_at, duration_ms, status_code, error, response, due
                FROM again),
            counted AS (
                INSERT INTO stat_delta (lane, pending, failed, sent, dead)
                SELECT lane, sum(pending), sum(failed), sum(sent), sum(dead)
                FROM (SELECT lane, -(due IS NULL)::int AS pending, -(due IS NOT NULL)::int AS failed,
                             (status = 'SENT')::int AS sent, (status = 'DEAD')::int AS dead
                      FROM done WHERE NOT own
                      UNION ALL
                      SELECT lane, -1, 1, 0, 0 FROM again WHERE NOT own AND attempts = attempts_before + 1) change
                GROUP BY lane)
            SELECT (SELECT count(*) FROM fence) AS fenced,
                   ARRAY(SELECT seq FROM done UNION ALL SELECT seq FROM again) AS seqs""";

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
    Write deliveredPacked(PackedHistory run, Map<PackedRow, BitSet> left) {
        List<Outcome.Sent> sent = run.deliveries();
        OffsetDateTime[] attemptedAt = attemptedAt(sent);
        List<PackedRow> over = new ArrayList<>();
        List<PackedRow> others = new ArrayList<>();
        List<String> bits = new ArrayList<>();
        left.forEach((touched, owed) -> {
            if (owed.isEmpty()) {
                over.add(touched);
            } else {
                others.add(touched);
                bits.add(touched.bits(owed));
            }
        });
        return new Write(
                DELIVERED_PACKED,
                fence().addLocalDate(run.day())
                        .addInteger(run.lane())
                        .addArrayOfString(places(sent))
                        .addArrayOfLong(seqs(sent))
                        .addArrayOfShort(deliveries(sent, Short[]::new, owed -> (short) owed.keySlice()))
                        .addArrayOfUUID(deliveries(sent, UUID[]::new, OwedDelivery::eventId))
                        .addArrayOfOffsetDateTime(
                                deliveries(sent, OffsetDateTime[]::new, owed -> Rows.utc(owed.owedSince())))
                        .addArrayOfOffsetDateTime(attemptedAt)
                        .addArrayOfInteger(durations(sent))
                        .addArrayOfShort(attempts(sent, Short[]::new, SettlementStatements::shortStatus))
                        .addValue(responsesIfAny(sent))
                        .addArrayOfLong(deliveries(
                                sent, Long[]::new, owed -> owed.place() instanceof PackedRow of ? of.firstSeq() : null))
                        .addArrayOfLong(firstSeqs(over))
                        .addArrayOfLong(firstSeqs(others))
                        .addArrayOfString(bits.toArray(String[]::new))
                        .addOffsetDateTime(Collections.min(Arrays.asList(attemptedAt)))
                        .addOffsetDateTime(Collections.max(Arrays.asList(attemptedAt))));
    }

    Write unpack(Collection<PackedRow> runs) {
        return new Write(
                UNPACK,
                fence().addArrayOfInteger(runs.stream().map(PackedRow::lane).toArray(Integer[]::new))
                        .addArrayOfLong(firstSeqs(runs)));
    }

    Write delivered(List<Outcome.Sent> sent) {
        return new Write(
                DELIVERED,
                fence().addArrayOfString(places(sent))
                        .addArrayOfLong(seqs(sent))
                        .addArrayOfOffsetDateTime(attemptedAt(sent))
                        .addArrayOfInteger(durations(sent))
                        .addArrayOfInteger(statusCodes(sent))
                        .addArrayOfString(errors(sent))
                        .addArrayOfString(responses(sent)));
    }

    Write byKey(List<? extends Outcome> unsorted) {
        List<? extends Outcome> outcomes = unsorted.stream().sorted(BY_KEY).toList();
        return new Write(
                SETTLE,
                fence().addArrayOfInteger(deliveries(outcomes, Integer[]::new, OwedDelivery::lane))
                        .addArrayOfInteger(deliveries(outcomes, Integer[]::new, OwedDelivery::keySlice))
                        .addArrayOfLong(seqs(outcomes))
                        .addArrayOfString(column(outcomes, String[]::new, SettlementStatements::status))
                        .addArrayOfOffsetDateTime(column(
                                outcomes,
                                OffsetDateTime[]::new,
                                outcome -> outcome instanceof Outcome.Again again ? Rows.utc(again.due()) : null))
                        .addArrayOfString(column(
                                outcomes,
                                String[]::new,
                                outcome -> outcome instanceof Outcome.Dead dead ? dead.reason() : null))
                        .addArrayOfOffsetDateTime(attemptedAt(outcomes))
                        .addArrayOfInteger(durations(outcomes))
                        .addArrayOfInteger(statusCodes(outcomes))
                        .addArrayOfString(errors(outcomes))
                        .addArrayOfString(responses(outcomes))
                        .addArrayOfInteger(deliveries(outcomes, Integer[]::new, OwedDelivery::attempts))
                        .addArrayOfInteger(deliveries(outcomes, Integer[]::new, OwedDelivery::attemptsBefore)));
    }

    /** The days whose partitions they need. */
    static LocalDate[] days(List<? extends Outcome> outcomes) {
        return outcomes.stream()
                .map(outcome -> outcome.delivery().eventDay())
                .distinct()
                .toArray(LocalDate[]::new);
    }

    private Tuple fence() {
        return Tuple.tuple().addInteger(term.process()).addLong(term.epoch());
    }

    private static Long[] firstSeqs(Collection<PackedRow> runs) {
        return runs.stream().map(PackedRow::firstSeq).toArray(Long[]::new);
    }

    private static String status(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Sent sent -> "SENT";
            case Outcome.Again again -> "FAILED";
            case Outcome.Dead dead -> "DEAD";
        };
    }

    private static @Nullable Short shortStatus(AttemptMade made) {
        Integer status = made.statusCode();
        return status == null ? null : status.shortValue();
    }

    private static Long[] seqs(List<? extends Outcome> outcomes) {
        return deliveries(outcomes, Long[]::new, OwedDelivery::seq);
    }

    /** The places of those that are separate rows. */
    private static String[] places(List<? extends Outcome> outcomes) {
        List<String> places = new ArrayList<>(outcomes.size());
        for (Outcome outcome : outcomes) {
            if (outcome.delivery().place() instanceof Place.OwnRow row) {
                places.add(row.ctid());
            }
        }
        return places.toArray(String[]::new);
    }

    private static OffsetDateTime[] attemptedAt(List<? extends Outcome> outcomes) {
        return attempts(outcomes, OffsetDateTime[]::new, made -> Rows.utc(made.at()));
    }

    private static Integer[] durations(List<? extends Outcome> outcomes) {
        return attempts(outcomes, Integer[]::new, AttemptMade::durationMs);
    }

    private static Integer[] statusCodes(List<? extends Outcome> outcomes) {
        return attempts(outcomes, Integer[]::new, AttemptMade::statusCode);
    }

    private static String[] errors(List<? extends Outcome> outcomes) {
        return attempts(outcomes, String[]::new, AttemptMade::error);
    }

    private static String[] responses(List<? extends Outcome> outcomes) {
        return attempts(outcomes, String[]::new, AttemptMade::response);
    }

    private static Object responsesIfAny(List<? extends Outcome> outcomes) {
        String[] responses = responses(outcomes);
        return Arrays.stream(responses).allMatch(Objects::isNull) ? NullValue.ArrayOfString : responses;
    }

    private interface Column<F, T> {
        @Nullable
        T of(F row);
    }

    private static <T> T[] deliveries(
            List<? extends Outcome> outcomes, IntFunction<T[]> array, Column<OwedDelivery, T> column) {
        return column(outcomes, array, outcome -> column.of(outcome.delivery()));
    }

    /** One column of the attempts; null where no request was made. */
    private static <T> T[] attempts(
            List<? extends Outcome> outcomes, IntFunction<T[]> array, Column<AttemptMade, T> column) {
        return column(outcomes, array, outcome -> {
            Optional<AttemptMade> made = outcome.attempt();
            return made.isPresent() ? column.of(made.get()) : null;
        });
    }

    @SuppressWarnings("NullAway") // an array for the client, with nulls for missing values
    private static <T> T[] column(List<? extends Outcome> outcomes, IntFunction<T[]> array, Column<Outcome, T> column) {
        T[] values = array.apply(outcomes.size());
        for (int i = 0; i < values.length; i++) {
            values[i] = column.of(outcomes.get(i));
        }
        return values;
    }
}
