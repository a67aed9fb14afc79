package nexus.capture.json;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Makes the names of columns and attributes unique within a JSON object. They are different bytes in the database, but two
 * names that are not UTF-8 may decode to the same text.
 */
public final class UniqueNames {
    private UniqueNames() {}

    /** Returns the names; a repeated one gets a number appended. */
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
                    free = name; // another name is the same
                }
            }
            unique.add(free);
        }
        return unique;
    }
}
