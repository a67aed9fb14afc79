package nexus.queue.enqueue;

import io.vertx.sqlclient.data.NullValue;
import java.util.List;
import java.util.function.Function;
import nexus.store.NamedSql;
import nexus.store.NamedSql.Parameter;

/**
 * The part of intake's statement that inserts into {@code owed} and {@code owed_run}. It is a part, because events and their
 * deliveries must be stored by one statement, and it lies here, because only this topic knows how the store keeps deliveries.
 */
public final class OwedInsert {
    /** Whether this process still owns the lanes with packed rows. */
    public static final String IS_OWNER = """
            (:owner::int IS NULL
             OR (SELECT count(*) FROM shard WHERE process = :owner::int AND shard = ANY (:shards::smallint[]))
                    = cardinality(:shards::smallint[]))""";

    /**
     * The common table expressions. They read {@code gate}, whose one row has the day, {@code today}, or which is empty when
     * nothing is to be stored, and {@code :event_ids}, the ids of the stored events. Rows come from arrays side by side in a
     * select list, which keeps their order and, unlike a function in FROM, makes no copy of them. {@code drawn} has one row:
     * {@code seqs}, in the order of the deliveries, null without any.
     */
    public static final String PARTS = """
            drawn AS MATERIALIZED (
                SELECT array_agg(nextval('owed_seq_seq')) AS seqs FROM (SELECT unnest(:lanes::int[]) FROM gate) d),
            put AS (
                INSERT INTO owed (
                    lane, stripe, seq, key, other_key, barrier, created_at, event_day, event_id, body_bytes, own,
                    job)
                SELECT lane, stripe, seq, key, other_key, barrier, now(), today, (:event_ids::uuid[])[event], body_bytes, own,
                       job
                FROM (SELECT today, unnest(:lanes::int[]) AS lane, unnest(:key_slices::int[]) AS stripe,
                             unnest(seqs) AS seq, unnest(:keys::bigint[]) AS key, unnest(:other_keys::bigint[]) AS other_key,
                             unnest(:barriers::boolean[]) AS barrier, unnest(:events::int[]) AS event,
                             unnest(:body_bytes::int[]) AS body_bytes, unnest(:own::boolean[]) AS own,
                             unnest(:jobs::uuid[]) AS job, unnest(:packed_rows::int[]) AS run
                      FROM gate, drawn WHERE 0 = ANY (:packed_rows::int[])) o
                WHERE run = 0
                RETURNING ctid),
            folded AS (
                INSERT INTO owed_run (
                    lane, first_seq, event_day, created_at, seqs, stripes, keys, event_ids, body_bytes, is_owed)
                SELECT lane, min(seq), min(today), now(), array_agg(seq), array_agg(stripe::smallint), array_agg(key),
                       array_agg((:event_ids::uuid[])[event]), array_agg(body_bytes), repeat('1', count(*)::int)::bit varying
                FROM (SELECT *
                      FROM (SELECT today, unnest(:lanes::int[]) AS lane, unnest(:key_slices::int[]) AS stripe,
                                   unnest(seqs) AS seq, unnest(:keys::bigint[]) AS key, unnest(:events::int[]) AS event,
                                   unnest(:body_bytes::int[]) AS body_bytes, unnest(:packed_rows::int[]) AS run
                            FROM gate, drawn WHERE :owner::int IS NOT NULL) o
                      WHERE run > 0 ORDER BY lane, run, seq) r
                GROUP BY lane, run)""";

    /** The columns of the answer that {@link NewlyOwed#stored} reads, from {@code drawn}. */
    public static final String ANSWER = "seqs, ARRAY(SELECT ctid::text FROM put) AS places";

    private OwedInsert() {}

    /** The parameters of the parts; {@code :lanes} has the lane of each delivery, in their order. */
    public static <P> List<Parameter<P>> parameters(Function<P, NewlyOwed> owed) {
        return List.of(
                of("lanes", owed, NewlyOwed::lanes),
                of("key_slices", owed, NewlyOwed::keySlices),
                of("keys", owed, NewlyOwed::keys),
                of("other_keys", owed, NewlyOwed::otherKeys),
                of("barriers", owed, NewlyOwed::barriers),
                of("events", owed, NewlyOwed::events),
                of("body_bytes", owed, NewlyOwed::bodyBytes),
                of("own", owed, NewlyOwed::own),
                of("jobs", owed, NewlyOwed::jobs),
                of("packed_rows", owed, NewlyOwed::packedRows),
                of("owner", owed, one -> one.owner()
                        .<Object>map(process -> process)
                        .orElse(NullValue.Integer)),
                of("shards", owed, NewlyOwed::shards));
    }

    private static <P> Parameter<P> of(String name, Function<P, NewlyOwed> owed, Function<NewlyOwed, Object> value) {
        return NamedSql.parameter(name, from -> value.apply(owed.apply(from)));
    }
}
