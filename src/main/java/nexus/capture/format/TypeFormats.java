package nexus.capture.format;

import static java.util.Map.entry;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import nexus.capture.catalog.CatalogType;
import nexus.capture.catalog.TableCatalog;
import nexus.capture.format.JsonFormat.Plain;

/** Finds the JSON format of a type. Reads the catalog once per type. */
public final class TypeFormats {
    /** The ids are fixed by {@code pg_type.dat}. String types are listed only to avoid a look-up in the catalog. */
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

    /**
     * No value is nested deeper: its text doubles with each level, because the quotes of the inner one are doubled.
     */
    private static final int MAX_NESTING = 32;

    private static final JsonFormat TOO_DEEP = new JsonFormat.AsText("a type of more than " + MAX_NESTING + " levels");
    private static final JsonFormat UNKNOWN = new JsonFormat.AsText("a type that the catalog doesn't describe");

    private final Function<Integer, Optional<CatalogType>> catalog;
    private final Map<Integer, Optional<CatalogType>> asked = new HashMap<>();
    private final Map<Integer, JsonFormat> known = new HashMap<>();
    private final Map<Integer, JsonFormat> former = new HashMap<>();
    /** Formats that contain {@link #TOO_DEEP}, by type and remaining levels. */
    private final Map<Long, JsonFormat> cut = new HashMap<>();

    public TypeFormats(TableCatalog catalog) {
        this(catalog::type);
    }

    private TypeFormats(Function<Integer, Optional<CatalogType>> catalog) {
        this.catalog = catalog;
    }

    /** Whether the format is known without the catalog. */
    public static boolean isBuiltIn(int typeOid) {
        return BUILT_IN.containsKey(typeOid);
    }

    /** Formats of the built-in types only. */
    public static TypeFormats ofNothing() {
        return new TypeFormats(oid -> Optional.empty());
    }

    public JsonFormat of(int typeOid) {
        return of(typeOid, new Nesting(MAX_NESTING));
    }

    /** Other formats may contain that of a changed type, so all are read again. A dropped type keeps its last format. */
    public void forget() {
        former.putAll(known);
        known.clear();
        asked.clear();
        cut.clear();
    }

    /** The nesting of a type, and whether a part of it was too deep. */
    private static final class Nesting {
        private int levelsLeft;
        private boolean isCut;

        Nesting(int levelsLeft) {
            this.levelsLeft = levelsLeft;
        }
    }

    private JsonFormat of(int typeOid, Nesting nesting) {
        JsonFormat format = BUILT_IN.get(typeOid);
        if (format == null) {
            format = known.get(typeOid);
        }
        if (format != null) {
            return format;
        }
        long place = (long) nesting.levelsLeft << 32 | Integer.toUnsignedLong(typeOid);
        format = nesting.levelsLeft == 0 ? TOO_DEEP : cut.get(place);
        if (format != null) {
            nesting.isCut = true;
            return format;
        }
        Nesting inside = new Nesting(nesting.levelsLeft - 1);
        format = made(typeOid, inside);
        if (inside.isCut) {
            nesting.isCut = true;
            cut.put(place, format);
        } else {
            known.put(typeOid, format);
        }
        return format;
    }

    private JsonFormat made(int typeOid, Nesting inside) {
        Optional<CatalogType> type = asked.computeIfAbsent(typeOid, catalog);
        if (type.isEmpty()) {
            return former.getOrDefault(typeOid, UNKNOWN);
        }
        return switch (type.get()) {
            case CatalogType.Scalar() -> Plain.STRING;
            case CatalogType.KeyValue() -> new KeyValueFormat();
            case CatalogType.Domain(int baseTypeOid) -> of(baseTypeOid, inside);
            case CatalogType.Array(int elementTypeOid, char delimiter) ->
                new ArrayFormat(of(elementTypeOid, inside), delimiter);
            case CatalogType.Composite(List<CatalogType.Attribute> attributes) ->
                new CompositeFormat(
                        attributes.stream().map(CatalogType.Attribute::name).toList(),
                        attributes.stream()
                                .map(attribute -> of(attribute.typeOid(), inside))
                                .toList());
        };
    }
}
