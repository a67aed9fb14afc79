package nexus.replication.coverage;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nexus.replication.table.SourceColumn;
import nexus.replication.table.SourceTable;
import nexus.subscription.warning.Warning;

/** Warns of columns that a template or the choice of columns names and that no selected table has. */
public final class ColumnWarnings {
    private static final int SHOWN = 20;
    private static final int SHOWN_COLUMNS = 30;

    private final List<SourceTable> tables;
    private final Set<String> known;
    private final Map<Long, List<SourceColumn>> columns;

    /**
     * @param tables those that the subscription selects
     * @param columns by the oids of the tables; tables without an entry are unknown
     */
    public ColumnWarnings(Collection<SourceTable> tables, Map<Long, List<SourceColumn>> columns) {
        this.tables = tables.stream()
                .filter(table -> columns.containsKey(table.oid()))
                .toList();
        this.known = columns.values().stream()
                .flatMap(List::stream)
                .map(SourceColumn::name)
                .collect(Collectors.toUnmodifiableSet());
        this.columns = columns;
    }

    /**
     * The warnings, one for each column.
     *
     * @param needed names of columns
     */
    public List<Warning> ofTemplates(Collection<String> needed) {
        return unknown(needed)
                .map(name -> new Warning(
                        "template-unknown-column",
                        "a template uses column " + name + ", which no selected table has: its deliveries will be DEAD"
                                + " with the reason transform-failed",
                        "Correct the name, or write record.?" + name + ".orValue(''). " + shownColumns()))
                .toList();
    }

    /**
     * The warnings, one for each column and field.
     *
     * @param chosen names of columns by the field of {@code columns} that names them
     */
    public List<Warning> ofChoice(Map<String, List<String>> chosen) {
        Function<Map.Entry<String, List<String>>, Stream<Warning>> warnings = field -> unknown(field.getValue())
                .map(name -> new Warning(
                        "columns-unknown-column",
                        "/columns/" + field.getKey() + " names column " + name
                                + ", which no selected table has: it has no effect",
                        "Correct the name. " + shownColumns()));
        return chosen.entrySet().stream().flatMap(warnings).limit(SHOWN).toList();
    }

    private Stream<String> unknown(Collection<String> names) {
        return tables.isEmpty()
                ? Stream.empty()
                : names.stream().filter(name -> !known.contains(name)).limit(SHOWN);
    }

    private String shownColumns() {
        SourceTable first = tables.getFirst();
        List<SourceColumn> its = columns.getOrDefault(first.oid(), List.of());
        return "The columns of " + first + " are "
                + its.stream().limit(SHOWN_COLUMNS).map(SourceColumn::name).collect(Collectors.joining(", "))
                + (its.size() > SHOWN_COLUMNS ? ", …" : "") + ".";
    }
}
