package nexus.delivery.state;

import static nexus.store.NamedSql.parameter;

import io.vertx.core.Future;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import nexus.event.EventKey;
import nexus.store.BitmapRead;
import nexus.store.NamedSql;
import nexus.store.Rows;
import nexus.store.Store;

/**
 * Finds the events of a key. Its index tells which ranges of pages may have the key, in no order. Most keys have few events,
 * which one read finds; for the others, ever fewer of the newest seqs are read, until not too many of them match.
 */
public final class KeySearch {
    /** One read finds at most so many events, and each may be in another range of pages. */
    private static final int MOST = 500;

    private static final int MOST_READS = 12;
    private static final int NARROWER = 16;

    private static final String MATCHES = """
            e.seq + 0 >= :from::bigint AND e.seq + 0 < :before::bigint
              AND (:type::text IS NULL OR e.type = :type::text)
              AND e.created_at >= :since::timestamptz AND e.created_at < :until::timestamptz""";

    private static final NamedSql.From<Range> FIND = NamedSql.from(
            """
            SELECT e.seq FROM event e WHERE e.key = ANY (:keys::bigint[]) AND %1$s
            UNION ALL
            SELECT e.seq FROM event e
            WHERE e.other_key = ANY (:other_keys::bigint[])
              AND (e.other_key = ANY (:keys::bigint[]) OR e.type LIKE 'pg.%%.truncate') AND %1$s
            UNION ALL
            SELECT e.seq FROM event e WHERE e.row_key = ANY (:keys::bigint[]) AND %1$s
            LIMIT :most""".formatted(MATCHES),
            parameter("keys", range -> range.sought.key.hashes().toArray(Long[]::new)),
            parameter("other_keys", range -> range.sought.otherKeys()),
            parameter("type", range -> range.sought.type.orElse(null)),
            parameter("since", range -> TimeBounds.sinceOrBeginning(range.sought.since)),
            parameter("until", range -> TimeBounds.untilOrEnd(range.sought.until)),
            parameter("from", Range::from),
            parameter("before", Range::before),
            parameter("most", range -> MOST + 1));

    private static final String NEWEST = "SELECT last_value FROM event_seq";

    /**
     * What is sought.
     *
     * @param since created at or after
     * @param until created before
     */
    public record Sought(EventKey key, Optional<String> type, Optional<Instant> since, Optional<Instant> until) {
        private Long[] otherKeys() {
            List<Long> keys = new ArrayList<>(key.hashes());
            keys.addAll(key.table());
            return keys.toArray(Long[]::new);
        }
    }

    private record Range(Sought sought, long from, long before) {}

    private final Store store;

    public KeySearch(Store store) {
        this.store = store;
    }

    /**
     * The newest matches.
     *
     * @param before only events with lower seqs
     * @param wanted at most so many
     */
    public Future<KeyMatches> find(Sought sought, long before, int wanted) {
        return read(new Range(sought, 0, before))
                .compose(all -> all.size() <= MOST
                        ? Future.succeededFuture(
                                KeyMatches.of(all, OptionalLong.empty()).first(wanted))
                        : store.api()
                                .query(NEWEST)
                                .execute()
                                .map(rows -> Math.min(before, Rows.only(rows).getLong("last_value") + 1))
                                .compose(end -> newest(sought, List.of(), end, end / NARROWER, wanted, MOST_READS)));
    }

    private Future<KeyMatches> newest(
            Sought sought, List<Long> found, long before, long width, int wanted, int readsLeft) {
        long from = Math.max(0, before - Math.max(width, MOST));
        return read(new Range(sought, from, before)).compose(some -> {
            if (some.size() > MOST) {
                return newest(sought, found, before, width / NARROWER, wanted, readsLeft - 1);
            }
            List<Long> all = new ArrayList<>(found);
            all.addAll(some);
            if (all.size() >= wanted || from == 0 || readsLeft <= 0) {
                OptionalLong horizon = from == 0 ? OptionalLong.empty() : OptionalLong.of(from);
                return Future.succeededFuture(KeyMatches.of(all, horizon).first(wanted));
            }
            return newest(sought, all, from, some.isEmpty() ? width * NARROWER : width * 2, wanted, readsLeft - 1);
        });
    }

    private Future<List<Long>> read(Range range) {
        return BitmapRead.of(FIND, range).on(store.api()).map(rows -> Rows.all(rows, row -> row.getLong("seq")));
    }
}
