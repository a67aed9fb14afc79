package nexus.capture;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import nexus.capture.CapturedTable.JsonColumn;
import org.jspecify.annotations.Nullable;

/** Finds a column of a table by its name. The map is made at the first search, because few tables are filtered. */
final class ColumnNames {
    private final List<JsonColumn> columns;
    private @Nullable Map<String, Integer> positions; // a race makes it twice

    ColumnNames(List<JsonColumn> columns) {
        this.columns = columns;
    }

    /** The position in the messages, or -1. */
    int position(String name) {
        Map<String, Integer> known = positions;
        if (known == null) {
            known = new HashMap<>();
            for (int i = 0; i < columns.size(); i++) {
                known.put(columns.get(i).name().text(), i);
            }
            positions = known;
        }
        return known.getOrDefault(name, -1);
    }
}
