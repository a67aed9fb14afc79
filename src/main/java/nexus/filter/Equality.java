package nexus.filter;

import java.util.Set;
import nexus.value.Value;

/**
 * A condition that every matching event satisfies: the value at the path is one of these, or an array that contains one of
 * them. Values are equal when they compare as equal, so that they can be looked up in a hash map.
 *
 * @param values strings, numbers, booleans and null; null in an array does not count
 */
public record Equality(Path path, Set<Value> values) {
    public Equality {
        values = Set.copyOf(values);
    }
}
