package nexus.replication.coverage;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import nexus.replication.table.SourceColumn;
import nexus.replication.table.SourceTable;
import nexus.subscription.warning.Warning;

/** Warns of columns that a template needs and that no selected table has. */
public final class TemplateWarnings {
    private static final int SHOWN = 20;
    private static final int SHOWN_COLUMNS = 30;

    private TemplateWarnings() {}

    /**
     * The warnings, one for each column.
     *
     * @param needed names of columns
     * @param tables those that the subscription selects
     * @param columns by the oids of the tables; tables without an entry are unknown
     */
    public static List<Warning> of(
            Set<String> needed, Collection<SourceTable> tables, Map<Long, List<SourceColumn>> columns) {
        List<SourceTable> known = tables.stream()
                .filter(table -> columns.containsKey(table.oid()))
                .toList();
        if (known.isEmpty()) {
            return List.of();
        }
        Set<String> names = columns.values().stream()
                .flatMap(List::stream)
                .map(SourceColumn::name)
                .collect(Collectors.toUnmodifiableSet());
        SourceTable first = known.getFirst();
        List<SourceColumn> its = columns.getOrDefault(first.oid(), List.of());
        String shown = its.stream().limit(SHOWN_COLUMNS).map(SourceColumn::name).collect(Collectors.joining(", "))
                + (its.size() > SHOWN_COLUMNS ? ", …" : "");
        return needed.stream()
                .filter(name -> !names.contains(name))
                .limit(SHOWN)
                .map(name -> new Warning(
                        "template-unknown-column",
                        "a template uses column " + name + ", which no selected table has: its deliveries will be DEAD"
                                + " with the reason transform-failed",
                        "Correct the name, or write record.?" + name + ".orValue(''). The columns of " + first + " are "
                                + shown + "."))
                .toList();
    }
}
