package nexus.capture.catalog;

import java.util.List;

/** The description of a type, as far as {@code to_json} depends on it. Object ids are unsigned. */
public sealed interface CatalogType {

    /** Its JSON is a string of its text, unless it is one of the built-in types that {@code to_json} knows. */
    record Scalar() implements CatalogType {}

    /** Keys and values in text form, cast to a JSON object: hstore. */
    record KeyValue() implements CatalogType {}

    record Domain(int baseTypeOid) implements CatalogType {}

    /** @param delimiter of the element type: a comma, and a semicolon for box */
    record Array(int elementTypeOid, char delimiter) implements CatalogType {}

    record Composite(List<Attribute> attributes) implements CatalogType {
        public Composite {
            attributes = List.copyOf(attributes);
        }
    }

    record Attribute(String name, int typeOid) {}
}
