package nexus.queue.owed;

import static nexus.store.NamedSql.array;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import nexus.store.NamedSql;
import nexus.store.Rows;
import nexus.store.Store;

/** Reads and unpacks rows of {@code owed_run}. */
@Singleton
public class PackedRows implements Unpacker {
    static final NamedSql FIND = NamedSql.of("""
            SELECT r.lane, r.first_seq
            FROM unnest(:lanes::int[], :oldest_open::bigint[]) w(lane, low)
            CROSS JOIN LATERAL (
                SELECT lane, first_seq FROM owed_run WHERE lane = w.lane AND first_seq >= w.low ORDER BY first_seq) r""", "lanes", "oldest_open");

    static final NamedSql UNPACK = NamedSql.of(unpackingThese(), "lanes", "first_seqs");

    static final NamedSql UNPACK_LANE = NamedSql.of(unpacking("owed_run WHERE lane = :lane"), "lane");

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

    /** As {@link #unpacking}, of the packed rows that the parameters {@code lanes} and {@code first_seqs} name. */
    public static String unpackingThese() {
        return unpacking("unnest(:lanes::int[], :first_seqs::bigint[]) r(lane, first_seq)");
    }

    @Override
    public Future<Set<PackedRow.Key>> of(Map<Integer, Long> oldestOpenByLane) {
        return FIND.on(
                        pool,
                        oldestOpenByLane.keySet().toArray(Integer[]::new),
                        oldestOpenByLane.values().toArray(Long[]::new))
                .map(rows -> new HashSet<>(
                        Rows.all(rows, row -> new PackedRow.Key(row.getInteger("lane"), row.getLong("first_seq")))));
    }

    @Override
    public Future<Void> unpack(Collection<PackedRow.Key> runs) {
        return UNPACK.on(
                        pool,
                        array(runs, Integer[]::new, PackedRow.Key::lane),
                        array(runs, Long[]::new, PackedRow.Key::firstSeq))
                .mapEmpty();
    }

    @Override
    public Future<Void> unpackLane(int lane) {
        return UNPACK_LANE.on(pool, lane).mapEmpty();
    }
}
