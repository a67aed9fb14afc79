package nexus.upkeep;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.util.HashMap;
import java.util.Map;
import nexus.store.NamedSql;
import nexus.store.Store;

/**
 * Adds the full ranges of pages of the days' events to the index of their keys. What is not added yet is read as it is, so
 * this only bounds what a search reads. A range that is still filling is left out: every further row would change it.
 */
final class KeySummaries {
    /** Ranges that one statement adds. */
    private static final int CHUNK = 32;

    /** {@code event_of_key} has 64 pages in a range. */
    private static final String FULL_RANGES = """
            SELECT i.inhrelid::bigint AS index,
                   pg_relation_size(x.indrelid) / (64 * current_setting('block_size')::int) AS ranges
            FROM pg_inherits i JOIN pg_index x ON x.indexrelid = i.inhrelid
            WHERE i.inhparent = 'nexus.event_of_key'::regclass""";

    private static final NamedSql ADD = NamedSql.of("""
            SELECT sum(brin_summarize_range(:index::bigint::oid::regclass, range * 64))
            FROM generate_series(:from::bigint, :to::bigint - 1) range""", "index", "from", "to");

    private final Store store;
    private final Map<Long, Long> added = new HashMap<>();

    KeySummaries(Store store) {
        this.store = store;
    }

    Future<Void> add() {
        return store.api().query(FULL_RANGES).execute().compose(this::addTo);
    }

    private Future<Void> addTo(RowSet<Row> indexes) {
        Future<Void> all = Future.succeededFuture();
        Map<Long, Long> full = new HashMap<>();
        for (Row row : indexes) {
            full.put(row.getLong("index"), row.getLong("ranges"));
        }
        added.keySet().retainAll(full.keySet());
        for (Map.Entry<Long, Long> one : full.entrySet()) {
            all = all.compose(before -> addTo(one.getKey(), one.getValue()));
        }
        return all;
    }

    private Future<Void> addTo(long index, long ranges) {
        long from = added.getOrDefault(index, 0L);
        if (from >= ranges) {
            return Future.succeededFuture();
        }
        long to = Math.min(ranges, from + CHUNK);
        return ADD.on(store.api(), index, from, to).compose(done -> {
            added.put(index, to);
            return addTo(index, ranges);
        });
    }
}
