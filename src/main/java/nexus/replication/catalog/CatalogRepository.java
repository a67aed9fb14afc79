package nexus.replication.catalog;

import static nexus.store.NamedSql.array;
import static nexus.store.NamedSql.parameter;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
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
import nexus.store.NamedSql;
import nexus.store.Store;

/** The only class that writes {@code source_catalog}. */
@Singleton
public class CatalogRepository {
    private static final String TABLE = "table";
    private static final String TYPE = "type";
    /** Maximum number of rows in one statement. */
    private static final int MOST_ROWS = 2_000;

    private static final NamedSql LOAD = NamedSql.of("""
            SELECT kind, object, since_xid, description FROM source_catalog
            WHERE slot = :slot AND system_id = :system_id ORDER BY seen_at, since_xid""", "slot", "system_id");

    /** Object and transaction ids of another cluster are meaningless here. */
    private static final NamedSql DELETE_OTHERS = NamedSql.of(
            "DELETE FROM source_catalog WHERE slot = :slot AND system_id <> :system_id", "slot", "system_id");

    private static final NamedSql.From<Descriptions<?>> SAVE = NamedSql.from(
            """
            INSERT INTO source_catalog (slot, system_id, kind, object, since_xid, description)
            SELECT :slot, :system_id, :kind, n.object, n.since_xid, n.description::jsonb
            FROM unnest(:objects::bigint[], :since_xids::bigint[], :descriptions::text[])
                AS n (object, since_xid, description)
            ORDER BY n.object, n.since_xid
            ON CONFLICT (slot, system_id, kind, object, since_xid) DO UPDATE SET description = excluded.description""",
            parameter("slot", Descriptions::slot),
            parameter("system_id", Descriptions::systemId),
            parameter("kind", Descriptions::kind),
            parameter("objects", Descriptions::objects),
            parameter("since_xids", Descriptions::sinceXids),
            parameter("descriptions", Descriptions::texts));

    private record Descriptions<T>(
            String slot, String systemId, String kind, List<Seen<T>> seen, Function<T, JsonObject> json) {
        Long[] objects() {
            return array(seen, Long[]::new, one -> Integer.toUnsignedLong(one.oid()));
        }

        Long[] sinceXids() {
            return array(seen, Long[]::new, one -> Integer.toUnsignedLong(one.sinceXid()));
        }

        String[] texts() {
            return array(
                    seen, String[]::new, one -> json.apply(one.description()).encode());
        }

        Descriptions<T> part(int from, int to) {
            return new Descriptions<>(slot, systemId, kind, seen.subList(from, to), json);
        }
    }

    private static final NamedSql.From<Forgotten> FORGET = NamedSql.from(
            """
            DELETE FROM source_catalog
            WHERE slot = :slot AND system_id = :system_id AND kind = :kind AND object = ANY (:objects::bigint[])""",
            parameter("slot", Forgotten::slot),
            parameter("system_id", Forgotten::systemId),
            parameter("kind", Forgotten::kind),
            parameter("objects", forgotten -> array(forgotten.oids(), Long[]::new, Integer::toUnsignedLong)));

    private record Forgotten(String slot, String systemId, String kind, Collection<Integer> oids) {}

    private final Store store;

    @Inject
    public CatalogRepository(Store store) {
        this.store = store;
    }

    /** Loads the saved descriptions of this cluster. */
    Future<CatalogMemory.News> load(String slot, String systemId) {
        return DELETE_OTHERS
                .on(store.api(), slot, systemId)
                .compose(deleted -> LOAD.on(store.api(), slot, systemId))
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
        return forget(transaction, new Forgotten(slot, systemId, TABLE, news.forgottenTables()))
                .compose(done -> forget(transaction, new Forgotten(slot, systemId, TYPE, news.forgottenTypes())))
                .compose(done -> save(
                        transaction, new Descriptions<>(slot, systemId, TABLE, news.tables(), CatalogDescriptions::of)))
                .compose(done -> save(
                        transaction, new Descriptions<>(slot, systemId, TYPE, news.types(), CatalogDescriptions::of)));
    }

    private static <T> Future<Void> save(SqlConnection transaction, Descriptions<T> all) {
        int count = all.seen().size();
        if (count == 0) {
            return Future.succeededFuture();
        }
        int first = Math.min(MOST_ROWS, count);
        return SAVE.on(transaction, all.part(0, first)).compose(saved -> save(transaction, all.part(first, count)));
    }

    private static Future<Void> forget(SqlConnection transaction, Forgotten forgotten) {
        return forgotten.oids().isEmpty()
                ? Future.succeededFuture()
                : FORGET.on(transaction, forgotten).mapEmpty();
    }
}
