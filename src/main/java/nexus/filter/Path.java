package nexus.filter;

import java.util.List;
import nexus.value.Value;

/** The names that lead from an event to one of its values, such as data, record, status. */
public record Path(List<String> names) {
    static final Path ROOT = new Path(List.of());

    public Path {
        names = List.copyOf(names);
    }

    /** Missing where a name leads nowhere, unknown below a value that is unknown. */
    public Value in(Value.Fields event) {
        Value value = event;
        for (int i = 0; i < names.size(); i++) {
            value = step(value, names.get(i));
        }
        return value;
    }

    static Value step(Value value, String name) {
        return switch (value) {
            case Value.Fields fields -> fields.get(name);
            case Value.Unknown unknown -> unknown;
            default -> Value.MISSING; // a scalar or an array has no fields
        };
    }

    Path then(String name) {
        String[] longer = names.toArray(new String[names.size() + 1]);
        longer[names.size()] = name;
        return new Path(List.of(longer));
    }

    /** Whether it leads to this place or into it. */
    boolean isWithin(Path place) {
        return names.size() >= place.names.size()
                && names.subList(0, place.names.size()).equals(place.names);
    }

    @Override
    public String toString() {
        return String.join(".", names);
    }
}
