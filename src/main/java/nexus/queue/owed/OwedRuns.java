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

/** Finds what is in {@code owed_run}, and makes rows of it. */
@Singleton
public class OwedRuns implements RunReads {
    static final String FIND = """
            SELECT r.lane, r.first_seq
            FROM unnest($1::int[], $2::bigint[]) w(lane, low)
            CROSS JOIN LATERAL (
                SELECT lane, first_seq FROM owed_run WHERE lane = w.lane AND first_seq >= w.low ORDER BY first_seq) r""";

    static final String UNFOLD = unfolding("unnest($1::int[], $2::bigint[]) r(lane, first_seq)");

    static final String UNFOLD_LANE = unfolding("owed_run WHERE lane = $1");

    private final Pool pool;

    public OwedRuns(Store store) {
        this.pool = store.queue();
    }

    /**
     * A query that makes rows of runs, in the order of their keys, so that two can't block each other.
     *
     * @param runs {@code FROM} and {@code WHERE} of a query with their {@code lane} and {@code first_seq}; one that is
     *     gone is left out
     */
    public static String unfolding(String runs) {
        return """
                SELECT unfold_owed(lane, first_seqs)
                FROM (SELECT lane, array_agg(DISTINCT first_seq ORDER BY first_seq) AS first_seqs
                      FROM %s
                      GROUP BY lane ORDER BY lane) runs""".formatted(runs);
    }

    @Override
    public Future<Set<OwedRun.Key>> of(Map<Integer, Long> lows) {
        Tuple parameters = Tuple.tuple()
                .addArrayOfInteger(lows.keySet().toArray(Integer[]::new))
                .addArrayOfLong(lows.values().toArray(Long[]::new));
        return pool.preparedQuery(FIND).execute(parameters).map(rows -> {
            Set<OwedRun.Key> runs = new HashSet<>();
            rows.forEach(row -> runs.add(new OwedRun.Key(row.getInteger(0), row.getLong(1))));
            return runs;
        });
    }

    @Override
    public Future<Void> unfold(Collection<OwedRun.Key> runs) {
        Tuple parameters = Tuple.tuple()
                .addArrayOfInteger(runs.stream().map(OwedRun.Key::lane).toArray(Integer[]::new))
                .addArrayOfLong(runs.stream().map(OwedRun.Key::firstSeq).toArray(Long[]::new));
        return pool.preparedQuery(UNFOLD).execute(parameters).mapEmpty();
    }

    @Override
    public Future<Void> unfoldLane(int lane) {
        return pool.preparedQuery(UNFOLD_LANE).execute(Tuple.of(lane)).mapEmpty();
    }
}
