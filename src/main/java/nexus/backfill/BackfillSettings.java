package nexus.backfill;

import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import nexus.backfill.condition.Condition;
import nexus.subscription.listener.TableName;
import org.jspecify.annotations.Nullable;

/**
 * What a backfill was asked to send.
 *
 * @param oid of the table, which its name may not be any more
 */
record BackfillSettings(TableName table, long oid, Condition condition) {
    private static final String SCHEMA = "schema";
    private static final String TABLE = "table";
    private static final String OID = "oid";
    private static final String WHERE = "where";

    JsonObject stored() {
        return new JsonObject()
                .put(SCHEMA, table.schema())
                .put(TABLE, table.table())
                .put(OID, oid)
                .put(WHERE, condition.isNone() ? null : condition.text());
    }

    static BackfillSettings of(JsonObject json) {
        return new BackfillSettings(
                new TableName(json.getString(SCHEMA), json.getString(TABLE)),
                json.getLong(OID),
                Optional.ofNullable(json.getString(WHERE))
                        .map(text -> Condition.parse(text, "/" + WHERE))
                        .orElse(Condition.NONE));
    }

    /** As the API shows them. */
    Map<String, @Nullable Object> shown() {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put(TABLE, table.schema().equals("public") ? "public." + table : table.toString());
        fields.put(WHERE, condition.isNone() ? null : condition.text());
        return fields;
    }
}
