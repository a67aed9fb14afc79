package nexus.capture.json;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Names of columns and attributes as members of one JSON object. In the database they are different bytes; two that are
 * not UTF-8 may read the same.
 */
public final class UniqueNames {
    private UniqueNames() {}

    /** The same names; one that is there already has a number behind it. */
    public static List<String> of(List<String> names) {
        Set<String> taken = new HashSet<>(names);
        if (taken.size() == names.size()) {
            return names;
        }
        Set<String> used = new HashSet<>();
        List<String> unique = new ArrayList<>(names.size());
        for (String name : names) {
            String free = name;
            for (int number = 2; !used.add(free); number++) {
                free = name + '#' + number;
                if (taken.contains(free)) {
                    free = name; // somebody else's
                }
            }
            unique.add(free);
        }
        return unique;
    }
}
