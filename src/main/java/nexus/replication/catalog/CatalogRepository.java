package nexus.replication.catalog;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import nexus.capture.catalog.CatalogMemory;
import nexus.capture.catalog.CatalogTable;
import nexus.capture.catalog.CatalogType;
import nexus.capture.catalog.Seen;
import nexus.store.Store;

/** The only class that writes {@code source_catalog}. */
@Singleton
public class CatalogRepository {
    private static final String TABLE = "table";
    private static final String TYPE = "type";
    /** Maximum number of rows in one statement. */
    private static final int MOST_ROWS = 2_000;

    private static final String LOAD = """
            SELECT kind, object, since_xid, description FROM source_catalog
            WHERE slot = $1 AND system_id = $2 ORDER BY seen_at, since_xid""";

    /** Object and transaction ids of another cluster are meaningless here. */
    private static final String DELETE_OTHERS = "DELETE FROM source_catalog WHERE slot = $1 AND system_id <> $2";

    private static final String SAVE = """
            INSERT INTO source_catalog (slot, system_id, kind, object, since_xid, description)
            SELECT $1, $2, $3, n.object, n.since_xid, n.description::jsonb
            FROM unnest($4::bigint[], $5::bigint[], $6::text[]) AS n (object, since_xid, description)
            ORDER BY n.object, n.since_xid
            ON CONFLICT (slot, system_id, kind, object, since_xid) DO UPDATE SET description = excluded.description""";

    private static final String FORGET =
            "DELETE FROM source_catalog WHERE slot = $1 AND system_id = $2 AND kind = $3 AND object = ANY ($4::bigint[])";

    private final Store store;

    @Inject
    public CatalogRepository(Store store) {
        this.store = store;
    }

    /** Loads the saved descriptions of this cluster. */
    Future<CatalogMemory.News> load(String slot, String systemId) {
        return store.api()
                .preparedQuery(DELETE_OTHERS)
                .execute(Tuple.of(slot, systemId))
                .compose(deleted -> store.api().preparedQuery(LOAD).execute(Tuple.of(slot, systemId)))
                .map(rows -> {
                    List<Seen<CatalogTable>> tables = new ArrayList<>();
                    List<Seen<CatalogType>> types = new ArrayList<>();
                    for (Row row : rows) {
                        int oid = row.getLong("object").intValue();
                        int since = row.getLong("since_xid").intValue();
                        JsonObject description = row.getJsonObject("description");
                        if (row.getString("kind").equals(TABLE)) {
                            tables.add(new Seen<>(oid, since, CatalogDescriptions.table(description)));
                        } else {
                            types.add(new Seen<>(oid, since, CatalogDescriptions.type(description)));
                        }
                    }
                    return new CatalogMemory.News(tables, types, Set.of(), Set.of());
                });
    }

    Future<Void> save(String slot, String systemId, CatalogMemory.News news) {
        return store.api()
                .withTransaction(transaction -> save(transaction, slot, systemId, news))
                .mapEmpty();
    }

    private static Future<Void> save(SqlConnection transaction, String slot, String systemId, CatalogMemory.News news) {
        return forget(transaction, slot, systemId, TABLE, news.forgottenTables())
                .compose(done -> forget(transaction, slot, systemId, TYPE, news.forgottenTypes()))
                .compose(done -> save(transaction, slot, systemId, TABLE, news.tables(), CatalogDescriptions::of))
                .compose(done -> save(transaction, slot, systemId, TYPE, news.types(), CatalogDescriptions::of));
    }

    private static <T> Future<Void> save(
            SqlConnection transaction,
            String slot,
            String systemId,
            String kind,
            List<Seen<T>> seen,
            Function<T, JsonObject> json) {
        if (seen.isEmpty()) {
            return Future.succeededFuture();
        }
        List<Seen<T>> now = seen.subList(0, Math.min(MOST_ROWS, seen.size()));
        Tuple parameters = Tuple.of(
                slot,
                systemId,
                kind,
                now.stream().map(one -> Integer.toUnsignedLong(one.oid())).toArray(Long[]::new),
                now.stream().map(one -> Integer.toUnsignedLong(one.sinceXid())).toArray(Long[]::new),
                now.stream().map(one -> json.apply(one.description()).encode()).toArray(String[]::new));
        return transaction
                .preparedQuery(SAVE)
                .execute(parameters)
                .compose(saved -> save(transaction, slot, systemId, kind, seen.subList(now.size(), seen.size()), json));
    }

    private static Future<Void> forget(
            SqlConnection transaction, String slot, String systemId, String kind, Collection<Integer> oids) {
        return oids.isEmpty()
                ? Future.succeededFuture()
                : transaction
                        .preparedQuery(FORGET)
                        .execute(Tuple.of(
                                slot,
                                systemId,
                                kind,
                                oids.stream().map(Integer::toUnsignedLong).toArray(Long[]::new)))
                        .mapEmpty();
    }
}
