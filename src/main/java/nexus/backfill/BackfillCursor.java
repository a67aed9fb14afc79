package nexus.backfill;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * How far a backfill is: all rows up to this one are stored.
 *
 * @param relation the object id of the table or partition in which it reads; 0 before the first
 * @param isRead whether that has been read to its end
 * @param key the columns of its primary key
 * @param after their values in the last row, as texts; empty before the first
 */
record BackfillCursor(long relation, boolean isRead, List<String> key, List<String> after) {
    static final BackfillCursor START = new BackfillCursor(0, true, List.of(), List.of());

    private static final String RELATION = "relation";
    private static final String IS_READ = "isRead";
    private static final String KEY = "key";
    private static final String AFTER = "after";

    JsonObject stored() {
        return new JsonObject()
                .put(RELATION, relation)
                .put(IS_READ, isRead)
                .put(KEY, new JsonArray(key))
                .put(AFTER, new JsonArray(after));
    }

    static BackfillCursor of(JsonObject json) {
        return new BackfillCursor(
                json.getLong(RELATION), json.getBoolean(IS_READ), texts(json, KEY), texts(json, AFTER));
    }

    private static List<String> texts(JsonObject json, String name) {
        return json.getJsonArray(name).stream().map(String::valueOf).toList();
    }

    static BackfillCursor end(long relation) {
        return new BackfillCursor(relation, true, List.of(), List.of());
    }
}
