package nexus.queue;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Singleton;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import nexus.queue.Outcome.AttemptMade;
import nexus.store.PipelinedTransaction;
import nexus.store.Store;
import nexus.store.StoreErrors;
import org.jspecify.annotations.Nullable;

/**
 * Writes outcomes: the owed row, the history, the attempt and the counters, in one transaction. A process that was
 * taken over writes nothing: the shared lock on its number waits for a takeover under way, and the fence of the next
 * statement sees what that one committed.
 */
@Singleton
public class Settlement {
    private static final String LOCK_PROCESS =
            "SELECT pg_advisory_xact_lock_shared(" + LeaseSession.PROCESS_LOCK + ", $1)";

    /**
     * A row lies where it lay when it was read or stored: what was delivered needs no look-up. One that has been changed
     * since lies elsewhere, and is settled by {@link #SETTLE}; where it lay may be another one by now, so seqs are compared.
     * Not by an index ({@code + 0}): PostgreSQL 18 would skip through all lanes for them.
     *
     * <p>What was retried by hand before its first attempt is no part of a run: {@code created_at} comes from here.
     */
    static final String DELIVERED_RUN = """
            WITH fence AS MATERIALIZED (SELECT FROM process WHERE id = $1 AND epoch = $2),
            gone AS (
                DELETE FROM owed
                WHERE ctid = ANY (ARRAY(SELECT unnest($5::text[])::tid)) AND seq + 0 IN (SELECT unnest($6::bigint[]))
                  AND renewed_at IS NULL AND attempts = 0 AND due IS NULL AND EXISTS (SELECT FROM fence)
                RETURNING seq),
            history AS (
                INSERT INTO delivery_run (
                    day, lane, first_seq, last_seq, first_attempted_at, last_attempted_at, settled_at,
                    seqs, stripes, event_ids, created_at, attempted_at, duration_ms, status_codes, responses)
                SELECT $3::date, $4::int, min(seq), max(seq), min(attempted_at), max(attempted_at), now(),
                       array_agg(seq), array_agg(stripe), array_agg(event_id), array_agg(created_at),
                       array_agg(attempted_at), array_agg(duration_ms), array_agg(status_code),
                       CASE WHEN count(response) > 0 THEN array_agg(response) END
                FROM unnest($6::bigint[], $7::smallint[], $8::uuid[], $9::timestamptz[], $10::timestamptz[], $11::int[],
                            $12::smallint[], $13::text[])
                     s(seq, stripe, event_id, created_at, attempted_at, duration_ms, status_code, response)
                WHERE seq IN (SELECT seq FROM gone)
                HAVING count(*) > 0),
            counted AS (
                INSERT INTO stat_delta (lane, pending, sent)
                SELECT $4::int, -count(*), count(*) FROM gone HAVING count(*) > 0)
            SELECT (SELECT count(*) FROM fence) AS fenced, ARRAY(SELECT seq FROM gone) AS seqs""";

    /** As {@link #DELIVERED_RUN}, for what goes into history as a row each. All but the attempt is in the owed row. */
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

    private static final String ENSURE_DAYS = "SELECT ensure_day(d) FROM unnest($1::date[]) d";

    /** Every writer locks rows in this order, so that two can't block each other. */
    private static final Comparator<Outcome> BY_KEY = Comparator.comparingInt(
                    (Outcome outcome) -> outcome.delivery().lane())
            .thenComparingInt(outcome -> outcome.delivery().stripe())
            .thenComparingLong(outcome -> outcome.delivery().seq());

    private final Pool pool;

    public Settlement(Store store) {
        this.pool = store.settling();
    }

    /**
     * Settles outcomes of different deliveries. What a person has retried or cancelled since it was taken is left as it
     * is, unless it was delivered.
     *
     * @return the seqs that were written; empty when this term is over, and nothing was written
     */
    public Future<Optional<Set<Long>>> settle(DeliveryLease.Term term, List<Outcome> outcomes) {
        List<Outcome.Sent> sent = new ArrayList<>();
        List<Outcome> others = new ArrayList<>();
        for (Outcome outcome : outcomes) {
            if (outcome instanceof Outcome.Sent delivered) {
                sent.add(delivered);
            } else {
                others.add(outcome);
            }
        }
        List<SentRun> runs = SentRun.among(sent);
        List<Write> writes = new ArrayList<>();
        Set<Outcome.Sent> inRuns = Collections.newSetFromMap(new IdentityHashMap<>());
        for (SentRun run : runs) {
            writes.add(new Write(DELIVERED_RUN, runParameters(term, run)));
            inRuns.addAll(run.deliveries());
        }
        List<Outcome.Sent> apart =
                sent.stream().filter(outcome -> !inRuns.contains(outcome)).toList();
        if (!apart.isEmpty()) {
            writes.add(new Write(DELIVERED, deliveredParameters(term, apart)));
        }
        if (!others.isEmpty()) {
            writes.add(byKey(term, others));
        }
        return withDays(term, writes, outcomes).compose(settled -> {
            List<Outcome.Sent> missed = missed(sent, settled);
            return missed.isEmpty()
                    ? Future.succeededFuture(settled)
                    : withDays(term, List.of(byKey(term, missed)), missed).map(found -> both(settled, found));
        });
    }

    /** A statement of a settlement. */
    private record Write(String statement, Tuple parameters) {}

    private static Write byKey(DeliveryLease.Term term, List<? extends Outcome> outcomes) {
        return new Write(
                SETTLE, parameters(term, outcomes.stream().sorted(BY_KEY).toList()));
    }

    /** Delivered, but not where it lay: a person may have changed the row since, and it is looked for by its key. */
    private static List<Outcome.Sent> missed(List<Outcome.Sent> sent, Optional<Set<Long>> written) {
        return written.map(seqs -> sent.stream()
                        .filter(outcome -> !seqs.contains(outcome.delivery().seq()))
                        .toList())
                .orElse(List.of());
    }

    /** Empty as soon as one of them is: the term is over. */
    private static Optional<Set<Long>> both(Optional<Set<Long>> some, Optional<Set<Long>> others) {
        return some.flatMap(seqs -> others.map(found -> {
            Set<Long> all = new HashSet<>(seqs);
            all.addAll(found);
            return all;
        }));
    }

    private Future<Optional<Set<Long>>> withDays(
            DeliveryLease.Term term, List<Write> writes, List<? extends Outcome> outcomes) {
        return write(term, writes)
                .recover(failure -> StoreErrors.isMissingPartition(failure)
                        ? pool.preparedQuery(ENSURE_DAYS)
                                .execute(Tuple.tuple().addArrayOfLocalDate(days(outcomes)))
                                .compose(made -> write(term, writes))
                        : Future.failedFuture(failure));
    }

    private Future<Optional<Set<Long>>> write(DeliveryLease.Term term, List<Write> writes) {
        return PipelinedTransaction.run(pool, connection -> {
            Future<?> lock = connection.preparedQuery(LOCK_PROCESS).execute(Tuple.of(term.process()));
            List<Future<RowSet<Row>>> settled = writes.stream()
                    .map(write -> connection.preparedQuery(write.statement).execute(write.parameters))
                    .toList();
            return lock.compose(locked -> Future.join(settled)).map(all -> seqs(settled));
        });
    }

    /** Behind the same lock, all of them see the same fence. */
    private static Optional<Set<Long>> seqs(List<Future<RowSet<Row>>> settled) {
        Set<Long> seqs = new HashSet<>();
        for (Future<RowSet<Row>> rows : settled) {
            Row row = rows.result().iterator().next();
            if (row.getLong(0) == 0) {
                return Optional.empty();
            }
            Collections.addAll(seqs, row.getArrayOfLongs(1));
        }
        return Optional.of(seqs);
    }

    private static Tuple runParameters(DeliveryLease.Term term, SentRun run) {
        int size = run.deliveries().size();
        String[] places = new String[size];
        Long[] seqs = new Long[size];
        Short[] stripes = new Short[size];
        UUID[] eventIds = new UUID[size];
        OffsetDateTime[] createdAt = new OffsetDateTime[size];
        OffsetDateTime[] attemptedAt = new OffsetDateTime[size];
        Integer[] durations = new Integer[size];
        Short[] statusCodes = new Short[size];
        @Nullable String[] responses = new @Nullable String[size];
        for (int i = 0; i < size; i++) {
            OwedDelivery delivery = run.deliveries().get(i).delivery();
            AttemptMade made = run.deliveries().get(i).made();
            places[i] = delivery.place();
            seqs[i] = delivery.seq();
            stripes[i] = (short) delivery.stripe();
            eventIds[i] = delivery.eventId();
            createdAt[i] = delivery.owedSince().atOffset(ZoneOffset.UTC);
            attemptedAt[i] = made.at().atOffset(ZoneOffset.UTC);
            durations[i] = made.durationMs();
            statusCodes[i] = Objects.requireNonNull(made.statusCode()).shortValue();
            responses[i] = made.response();
        }
        return Tuple.tuple()
                .addInteger(term.process())
                .addLong(term.epoch())
                .addLocalDate(run.day())
                .addInteger(run.lane())
                .addArrayOfString(places)
                .addArrayOfLong(seqs)
                .addArrayOfShort(stripes)
                .addArrayOfUUID(eventIds)
                .addArrayOfOffsetDateTime(createdAt)
                .addArrayOfOffsetDateTime(attemptedAt)
                .addArrayOfInteger(durations)
                .addArrayOfShort(statusCodes)
                .addArrayOfString(responses);
    }

    private static Tuple deliveredParameters(DeliveryLease.Term term, List<Outcome.Sent> outcomes) {
        int size = outcomes.size();
        String[] places = new String[size];
        Long[] seqs = new Long[size];
        OffsetDateTime[] attemptedAt = new OffsetDateTime[size];
        Integer[] durations = new Integer[size];
        @Nullable Integer[] statusCodes = new @Nullable Integer[size];
        @Nullable String[] errors = new @Nullable String[size];
        @Nullable String[] responses = new @Nullable String[size];
        for (int i = 0; i < size; i++) {
            OwedDelivery delivery = outcomes.get(i).delivery();
            AttemptMade made = outcomes.get(i).made();
            places[i] = delivery.place();
            seqs[i] = delivery.seq();
            attemptedAt[i] = made.at().atOffset(ZoneOffset.UTC);
            durations[i] = made.durationMs();
            statusCodes[i] = made.statusCode();
            errors[i] = made.error();
            responses[i] = made.response();
        }
        return Tuple.tuple()
                .addInteger(term.process())
                .addLong(term.epoch())
                .addArrayOfString(places)
                .addArrayOfLong(seqs)
                .addArrayOfOffsetDateTime(attemptedAt)
                .addArrayOfInteger(durations)
                .addArrayOfInteger(statusCodes)
                .addArrayOfString(errors)
                .addArrayOfString(responses);
    }

    private static Tuple parameters(DeliveryLease.Term term, List<? extends Outcome> outcomes) {
        Tuple tuple = Tuple.tuple();
        tuple.addInteger(term.process());
        tuple.addLong(term.epoch());
        tuple.addArrayOfInteger(
                outcomes.stream().map(outcome -> outcome.delivery().lane()).toArray(Integer[]::new));
        tuple.addArrayOfInteger(
                outcomes.stream().map(outcome -> outcome.delivery().stripe()).toArray(Integer[]::new));
        tuple.addArrayOfLong(
                outcomes.stream().map(outcome -> outcome.delivery().seq()).toArray(Long[]::new));
        tuple.addArrayOfString(outcomes.stream().map(Settlement::status).toArray(String[]::new));
        tuple.addArrayOfOffsetDateTime(outcomes.stream()
                .map(outcome ->
                        outcome instanceof Outcome.Again again ? again.due().atOffset(ZoneOffset.UTC) : null)
                .toArray(OffsetDateTime[]::new));
        tuple.addArrayOfString(outcomes.stream()
                .map(outcome -> outcome instanceof Outcome.Dead dead ? dead.reason() : null)
                .toArray(String[]::new));
        tuple.addArrayOfOffsetDateTime(
                attempts(outcomes, made -> made.at().atOffset(ZoneOffset.UTC)).toArray(OffsetDateTime[]::new));
        tuple.addArrayOfInteger(attempts(outcomes, AttemptMade::durationMs).toArray(Integer[]::new));
        tuple.addArrayOfInteger(attempts(outcomes, AttemptMade::statusCode).toArray(Integer[]::new));
        tuple.addArrayOfString(attempts(outcomes, AttemptMade::error).toArray(String[]::new));
        tuple.addArrayOfString(attempts(outcomes, AttemptMade::response).toArray(String[]::new));
        tuple.addArrayOfInteger(
                outcomes.stream().map(outcome -> outcome.delivery().attempts()).toArray(Integer[]::new));
        tuple.addArrayOfInteger(outcomes.stream()
                .map(outcome -> outcome.delivery().attemptsBefore())
                .toArray(Integer[]::new));
        return tuple;
    }

    private static LocalDate[] days(List<? extends Outcome> outcomes) {
        return outcomes.stream()
                .map(outcome -> outcome.delivery().eventDay())
                .distinct()
                .toArray(LocalDate[]::new);
    }

    private static String status(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Sent sent -> "SENT";
            case Outcome.Again again -> "FAILED";
            case Outcome.Dead dead -> "DEAD";
        };
    }

    private interface Column<T> {
        @Nullable
        T of(AttemptMade made);
    }

    /** One column of the attempts; null where no request was made. */
    private static <T> Stream<@Nullable T> attempts(List<? extends Outcome> outcomes, Column<T> column) {
        return outcomes.stream().map(outcome -> {
            Optional<AttemptMade> attempt = outcome.attempt();
            return attempt.isPresent() ? column.of(attempt.get()) : null;
        });
    }
}
