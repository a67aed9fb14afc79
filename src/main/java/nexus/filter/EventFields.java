package nexus.filter;

import java.util.Collection;
import java.util.List;
import nexus.value.Value;

/**
 * An event as filters see it: {@code id}, {@code type}, {@code createdAt}, {@code data} and {@code metadata}. Values that
 * the WAL does not carry are unknown.
 */
public final class EventFields implements Value.Fields {
    static final List<String> NAMES = List.of("id", "type", "createdAt", "data", "metadata");

    private static final String ROW_CHANGE_PREFIX = "pg.";

    private final Value id;
    private final Value type;
    private final Value createdAt;
    private final Value data;
    private final Value metadata;

    private EventFields(Value id, Value type, Value createdAt, Value data, Value metadata) {
        this.id = id;
        this.type = type;
        this.createdAt = createdAt;
        this.data = isRowChange(type) && data instanceof Value.Fields fields ? new RowChangeFields(fields) : data;
        this.metadata = metadata;
    }

    /**
     * The fields of an event that is not stored yet.
     *
     * @param data as the body has it: of a row change with type, record, old_record, changed, unavailable, and oversized
     *     where it is
     */
    public static EventFields of(String id, String type, String createdAt, Value.Fields data, Value.Fields metadata) {
        return new EventFields(new Value.Text(id), new Value.Text(type), new Value.Text(createdAt), data, metadata);
    }

    /** The fields of an event whose body in the default format was parsed. */
    public static EventFields ofBody(Value body) {
        Value payload = Path.step(body, "payload");
        return new EventFields(
                Path.step(body, "id"),
                Path.step(body, "type"),
                Path.step(body, "createdAt"),
                Path.step(payload, "data"),
                Path.step(payload, "metadata"));
    }

    /** Such a type cannot be published. */
    private static boolean isRowChange(Value type) {
        return type instanceof Value.Text text && text.value().startsWith(ROW_CHANGE_PREFIX);
    }

    @Override
    public Value get(String name) {
        return switch (name) {
            case "id" -> id;
            case "type" -> type;
            case "createdAt" -> createdAt;
            case "data" -> data;
            case "metadata" -> metadata;
            default -> Value.MISSING;
        };
    }

    @Override
    public Collection<String> names() {
        return NAMES;
    }
}
