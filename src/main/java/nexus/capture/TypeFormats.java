package nexus.capture;

import static java.util.Map.entry;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nexus.capture.JsonFormat.Plain;

/** Which JSON format a type has. Asks the catalog once per type. */
final class TypeFormats {
    /** Fixed by {@code pg_type.dat}. Strings are here only to spare the catalog the question. */
    private static final Map<Integer, JsonFormat> BUILT_IN = Map.ofEntries(
            entry(16, Plain.BOOLEAN),
            entry(20, Plain.NUMBER), // int8
            entry(21, Plain.NUMBER), // int2
            entry(23, Plain.NUMBER), // int4
            entry(700, Plain.NUMBER), // float4
            entry(701, Plain.NUMBER), // float8
            entry(1700, Plain.NUMBER), // numeric
            entry(114, Plain.JSON),
            entry(3802, Plain.JSON), // jsonb
            entry(1114, Plain.TIMESTAMP),
            entry(1184, Plain.TIMESTAMP_WITH_ZONE),
            entry(22, new VectorFormat(Plain.NUMBER)), // int2vector
            entry(30, new VectorFormat(Plain.STRING)), // oidvector
            entry(17, Plain.STRING), // bytea
            entry(25, Plain.STRING), // text
            entry(1042, Plain.STRING), // char(n)
            entry(1043, Plain.STRING), // varchar
            entry(1082, Plain.STRING), // date
            entry(2950, Plain.STRING)); // uuid

    private final TableCatalog catalog;
    private final Map<Integer, JsonFormat> known = new HashMap<>();
    private final Map<Integer, JsonFormat> former = new HashMap<>();

    TypeFormats(TableCatalog catalog) {
        this.catalog = catalog;
    }

    /** Whether the catalog need not be asked. */
    static boolean isBuiltIn(int typeOid) {
        return BUILT_IN.containsKey(typeOid);
    }

    JsonFormat of(int typeOid) {
        JsonFormat format = BUILT_IN.get(typeOid);
        if (format == null) {
            format = known.get(typeOid);
        }
        if (format == null) {
            format = ask(typeOid);
            known.put(typeOid, format);
        }
        return format;
    }

    /** Of a type that changed, others may be made: all are asked for again. One that is gone is what it was. */
    void forget() {
        former.putAll(known);
        known.clear();
    }

    private JsonFormat ask(int typeOid) {
        Optional<CatalogType> type = catalog.type(typeOid);
        if (type.isEmpty()) {
            return former.getOrDefault(typeOid, Plain.STRING);
        }
        return switch (type.get()) {
            case CatalogType.Scalar() -> Plain.STRING;
            case CatalogType.KeyValue() -> new KeyValueFormat();
            case CatalogType.Domain(int baseTypeOid) -> of(baseTypeOid);
            case CatalogType.Array(int elementTypeOid, char delimiter) ->
                new ArrayFormat(of(elementTypeOid), delimiter);
            case CatalogType.Composite(List<CatalogType.Attribute> attributes) ->
                new CompositeFormat(
                        attributes.stream().map(CatalogType.Attribute::name).toList(),
                        attributes.stream()
                                .map(attribute -> of(attribute.typeOid()))
                                .toList());
        };
    }
}
