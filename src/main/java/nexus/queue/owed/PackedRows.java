package nexus.queue.owed;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import nexus.store.Store;

/** Reads and unpacks rows of {@code owed_run}. */
@Singleton
public class PackedRows implements Unpacker {
    static final String FIND = """
            SELECT r.lane, r.first_seq
            FROM unnest($1::int[], $2::bigint[]) w(lane, low)
            CROSS JOIN LATERAL (
                SELECT lane, first_seq FROM owed_run WHERE lane = w.lane AND first_seq >= w.low ORDER BY first_seq) r""";

    static final String UNPACK = unpacking("unnest($1::int[], $2::bigint[]) r(lane, first_seq)");

    static final String UNPACK_LANE = unpacking("owed_run WHERE lane = $1");

    private final Pool pool;

    public PackedRows(Store store) {
        this.pool = store.queue();
    }

    /**
     * A query that unpacks packed rows in the order of their keys, so that two queries cannot deadlock.
     *
     * @param runs {@code FROM} and {@code WHERE} of a query with their {@code lane} and {@code first_seq}; missing rows are
     *     skipped
     */
    public static String unpacking(String runs) {
        return """
                SELECT unfold_owed(lane, first_seqs)
                FROM (SELECT lane, array_agg(DISTINCT first_seq ORDER BY first_seq) AS first_seqs
                      FROM %s
                      GROUP BY lane ORDER BY lane) runs""".formatted(runs);
    }

    @Override
    public Future<Set<PackedRow.Key>> of(Map<Integer, Long> oldestOpenByLane) {
        Tuple parameters = Tuple.tuple()
                .addArrayOfInteger(oldestOpenByLane.keySet().toArray(Integer[]::new))
                .addArrayOfLong(oldestOpenByLane.values().toArray(Long[]::new));
        return pool.preparedQuery(FIND).execute(parameters).map(rows -> {
            Set<PackedRow.Key> runs = new HashSet<>();
            rows.forEach(row -> runs.add(new PackedRow.Key(row.getInteger(0), row.getLong(1))));
            return runs;
        });
    }

    @Override
    public Future<Void> unpack(Collection<PackedRow.Key> runs) {
        Tuple parameters = Tuple.tuple()
                .addArrayOfInteger(runs.stream().map(PackedRow.Key::lane).toArray(Integer[]::new))
                .addArrayOfLong(runs.stream().map(PackedRow.Key::firstSeq).toArray(Long[]::new));
        return pool.preparedQuery(UNPACK).execute(parameters).mapEmpty();
    }

    @Override
    public Future<Void> unpackLane(int lane) {
        return pool.preparedQuery(UNPACK_LANE).execute(Tuple.of(lane)).mapEmpty();
    }
}
