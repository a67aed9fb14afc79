package nexus.replication.catalog;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import nexus.capture.catalog.CatalogTable;
import nexus.capture.catalog.CatalogType;

/** Converts descriptions of the source's tables and types to and from the JSON that is stored. */
final class CatalogDescriptions {
    private CatalogDescriptions() {}

    static JsonObject of(CatalogTable table) {
        return new JsonObject()
                .put("name", table.name().map(CatalogDescriptions::of).orElse(null))
                .put("root", table.root().map(CatalogDescriptions::of).orElse(null))
                .put("primaryKey", array(table.primaryKey()))
                .put("perhapsUnpublished", array(table.perhapsUnpublished()))
                .put("partitionedColumns", array(table.partitionedColumns()))
                .put("isPublished", table.isPublished());
    }

    static CatalogTable table(JsonObject json) {
        return new CatalogTable(
                name(json.getJsonArray("name")),
                name(json.getJsonArray("root")),
                texts(json.getJsonArray("primaryKey")),
                new LinkedHashSet<>(texts(json.getJsonArray("perhapsUnpublished"))),
                new LinkedHashSet<>(texts(json.getJsonArray("partitionedColumns"))),
                json.getBoolean("isPublished"));
    }

    static JsonObject of(CatalogType type) {
        return switch (type) {
            case CatalogType.Scalar() -> new JsonObject().put("kind", "scalar");
            case CatalogType.KeyValue() -> new JsonObject().put("kind", "keyValue");
            case CatalogType.Domain(int base) ->
                new JsonObject().put("kind", "domain").put("base", Integer.toUnsignedLong(base));
            case CatalogType.Array(int element, char delimiter) ->
                new JsonObject()
                        .put("kind", "array")
                        .put("element", Integer.toUnsignedLong(element))
                        .put("delimiter", String.valueOf(delimiter));
            case CatalogType.Composite(List<CatalogType.Attribute> attributes) ->
                new JsonObject().put("kind", "composite").put("attributes", attributes(attributes));
        };
    }

    static CatalogType type(JsonObject json) {
        return switch (json.getString("kind")) {
            case "keyValue" -> new CatalogType.KeyValue();
            case "domain" -> new CatalogType.Domain(json.getLong("base").intValue());
            case "array" ->
                new CatalogType.Array(
                        json.getLong("element").intValue(),
                        json.getString("delimiter").charAt(0));
            case "composite" -> new CatalogType.Composite(attributes(json.getJsonArray("attributes")));
            default -> new CatalogType.Scalar();
        };
    }

    private static JsonArray of(CatalogTable.Name name) {
        return new JsonArray().add(name.schema()).add(name.table());
    }

    private static Optional<CatalogTable.Name> name(JsonArray json) {
        return Optional.ofNullable(json).map(two -> new CatalogTable.Name(two.getString(0), two.getString(1)));
    }

    private static JsonArray attributes(List<CatalogType.Attribute> attributes) {
        JsonArray array = new JsonArray();
        attributes.forEach(attribute ->
                array.add(new JsonArray().add(attribute.name()).add(Integer.toUnsignedLong(attribute.typeOid()))));
        return array;
    }

    private static List<CatalogType.Attribute> attributes(JsonArray json) {
        List<CatalogType.Attribute> attributes = new ArrayList<>();
        for (int i = 0; i < json.size(); i++) {
            JsonArray attribute = json.getJsonArray(i);
            attributes.add(new CatalogType.Attribute(
                    attribute.getString(0), attribute.getLong(1).intValue()));
        }
        return attributes;
    }

    private static JsonArray array(Collection<String> texts) {
        return new JsonArray(List.copyOf(texts));
    }

    private static List<String> texts(JsonArray json) {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < json.size(); i++) {
            texts.add(json.getString(i));
        }
        return texts;
    }
}
