package nexus.replication.coverage;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nexus.event.Operation;
import nexus.filter.ColumnUse;
import nexus.filter.Filter;
import nexus.replication.publication.PublicationPlan;
import nexus.replication.publication.Publications;
import nexus.replication.source.SqlName;
import nexus.replication.table.Leaf;
import nexus.replication.table.Published;
import nexus.replication.table.Published.GeneratedColumns;
import nexus.replication.table.Published.Member;
import nexus.replication.table.SourceColumn;
import nexus.replication.table.SourceColumn.Form;
import nexus.replication.table.SourceColumn.Generated;
import nexus.replication.table.SourceTable;
import nexus.subscription.warning.Warning;

/** Warns of conditions of a filter that never hold, or that cannot be decided, with the tables as they are now. */
public final class FilterWarnings {
    private static final int SHOWN = 20;
    private static final int SHOWN_COLUMNS = 30;

    private final Filter filter;
    private final Map<SourceTable, Set<Operation>> tables;
    private final Map<Long, List<SourceColumn>> columns;
    private final Map<PublicationPlan.Kind, Published> published;
    private final Publications names;

    /**
     * @param tables the tables that the subscription selects, with the selected operations
     * @param columns by the oids of those tables
     */
    public FilterWarnings(
            Filter filter,
            Map<SourceTable, Set<Operation>> tables,
            Map<Long, List<SourceColumn>> columns,
            Map<PublicationPlan.Kind, Published> published,
            Publications names) {
        this.filter = filter;
        this.tables = new LinkedHashMap<>(tables);
        this.tables.keySet().removeIf(table -> !columns.containsKey(table.oid()));
        this.columns = columns;
        this.published = published;
        this.names = names;
    }

    public List<Warning> all() {
        if (tables.isEmpty()) {
            return List.of();
        }
        Set<Warning> warnings = new LinkedHashSet<>();
        for (ColumnUse use : filter.columnUses()) {
            List<SourceTable> having = tables.keySet().stream()
                    .filter(table -> column(table, use).isPresent())
                    .toList();
            if (having.isEmpty()) {
                warnings.add(unknownColumn(use));
                continue;
            }
            mismatch(use, having).ifPresent(warnings::add);
            for (SourceTable table : having) {
                notPublished(use, table).ifPresent(warnings::add);
                oldValue(use, table).ifPresent(warnings::add);
            }
        }
        return warnings.stream().limit(SHOWN).toList();
    }

    private Optional<SourceColumn> column(SourceTable table, ColumnUse use) {
        return columns.getOrDefault(table.oid(), List.of()).stream()
                .filter(column -> column.name().equals(use.column()))
                .findFirst();
    }

    private static String at(ColumnUse use) {
        return "/filter" + use.pointer();
    }

    private Warning unknownColumn(ColumnUse use) {
        SourceTable first = tables.keySet().iterator().next();
        List<SourceColumn> its = columns.getOrDefault(first.oid(), List.of());
        String known = its.stream().limit(SHOWN_COLUMNS).map(SourceColumn::name).collect(Collectors.joining(", "))
                + (its.size() > SHOWN_COLUMNS ? ", …" : "");
        return new Warning(
                "filter-unknown-column",
                at(use) + " is about column " + use.column() + ", which " + named() + " not have: the value is missing",
                "Correct the name. The columns of " + first + " are " + known + ".");
    }

    private String named() {
        return tables.size() == 1
                ? tables.keySet().iterator().next() + " does"
                : "the " + tables.size() + " selected tables do";
    }

    /** A condition that no value of the column can satisfy, in any of the tables. */
    private Optional<Warning> mismatch(ColumnUse use, List<SourceTable> having) {
        if (having.stream()
                .anyMatch(
                        table -> column(table, use).filter(it -> !fits(it, use)).isEmpty())) {
            return Optional.empty();
        }
        SourceTable table = having.getFirst();
        return column(table, use)
                .map(column -> use.isNested()
                        ? new Warning(
                                "filter-type-mismatch",
                                at(use) + " is about a field of " + table + "." + use.column() + ", which is "
                                        + column.type() + " and has no fields",
                                "Compare the column itself.")
                        : new Warning(
                                "filter-type-mismatch",
                                at(use) + " compares " + table + "." + use.column() + " with " + words(use) + ", but "
                                        + column.type() + " is " + word(column.form())
                                        + " in events: they are never equal",
                                fix(column.form())));
    }

    private static boolean fits(SourceColumn column, ColumnUse use) {
        if (column.form() == Form.ANY) {
            return true;
        }
        if (use.isNested()) {
            return false;
        }
        ColumnUse.Kind kind =
                switch (column.form()) {
                    case TEXT -> ColumnUse.Kind.TEXT;
                    case NUMBER -> ColumnUse.Kind.NUMBER;
                    case BOOLEAN -> ColumnUse.Kind.BOOLEAN;
                    case ANY -> throw new IllegalStateException("has every kind");
                };
        return use.kinds().isEmpty()
                || use.kinds().contains(ColumnUse.Kind.NULL)
                || use.kinds().contains(kind);
    }

    private static String words(ColumnUse use) {
        return use.kinds().stream()
                .sorted()
                .map(kind -> switch (kind) {
                    case TEXT -> "a string";
                    case NUMBER -> "a number";
                    case BOOLEAN -> "true or false";
                    case NULL -> "null";
                })
                .collect(Collectors.joining(" or "));
    }

    private static String word(Form form) {
        return switch (form) {
            case TEXT -> "a string";
            case NUMBER -> "a number";
            case BOOLEAN -> "true or false";
            case ANY -> "any JSON";
        };
    }

    private static String fix(Form form) {
        return switch (form) {
            case TEXT -> "Write the value as a string, in quotes.";
            case NUMBER -> "Write the value as a number, without quotes.";
            case BOOLEAN -> "Write true or false, without quotes.";
            case ANY -> "";
        };
    }

    private Optional<Warning> oldValue(ColumnUse use, SourceTable table) {
        Set<Operation> operations = tables.getOrDefault(table, Set.of());
        boolean needsOldRow = (use.isOld() || use.isChange())
                && (operations.contains(Operation.UPDATE) || operations.contains(Operation.DELETE));
        if (!needsOldRow || table.identity() == SourceTable.Identity.FULL) {
            return Optional.empty();
        }
        Stream<Leaf> weak =
                table.leaves().stream().filter(leaf -> !leaf.identity().isFull());
        String sql = Stream.concat(
                        table.isPartitioned() ? Stream.of(table.quotedName()) : Stream.empty(),
                        weak.map(leaf -> leaf.relation().quotedName()))
                .limit(SHOWN)
                .map(relation -> "ALTER TABLE " + relation + " REPLICA IDENTITY FULL;")
                .collect(Collectors.joining("\n"));
        return Optional.of(new Warning(
                "filter-needs-old-values",
                at(use) + " needs the old value of " + table + "." + use.column()
                        + ", which the WAL does not carry: the condition is unknown, and the event is not sent",
                sql.isEmpty() ? "ALTER TABLE " + table.quotedName() + " REPLICA IDENTITY FULL;" : sql));
    }

    private Optional<Warning> notPublished(ColumnUse use, SourceTable table) {
        SourceColumn column = column(table, use).orElseThrow();
        List<String> fixes = new ArrayList<>();
        for (Leaf leaf : table.leavesInWal()) {
            List<Map.Entry<PublicationPlan.Kind, Published>> covering = published.entrySet().stream()
                    .filter(one -> one.getValue().covers(leaf))
                    .toList();
            if (!covering.isEmpty() && covering.stream().noneMatch(one -> isPublished(column, leaf, one.getValue()))) {
                covering.forEach(one -> fixes.add(publishing(column, leaf, one.getValue(), names.name(one.getKey()))));
            }
        }
        if (fixes.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Warning(
                "filter-column-not-published",
                at(use) + " is about " + table + "." + use.column()
                        + ", which the publication leaves out: the condition is unknown, and the event is not sent",
                fixes.stream().distinct().limit(SHOWN).collect(Collectors.joining("\n"))));
    }

    private static boolean isPublished(SourceColumn column, Leaf leaf, Published publication) {
        List<String> listed = publication.memberOf(leaf).columns();
        return switch (column.generated()) {
            case NO -> listed.isEmpty() || listed.contains(column.name());
            case STORED ->
                listed.contains(column.name())
                        || (listed.isEmpty() && publication.generated() == GeneratedColumns.STORED);
            case VIRTUAL -> false;
        };
    }

    private static String publishing(SourceColumn column, Leaf leaf, Published publication, String publicationName) {
        boolean isTooOld = publication.generated() == GeneratedColumns.IGNORED;
        if (column.generated() == Generated.VIRTUAL || (column.generated() == Generated.STORED && isTooOld)) {
            return "PostgreSQL does not publish this generated column: use the columns that it is computed from.";
        }
        Member member = publication.memberOf(leaf);
        String alter = "ALTER PUBLICATION " + SqlName.quoted(publicationName);
        if (member.columns().isEmpty()) {
            return alter + " SET (publish_generated_columns = stored);";
        }
        String table = " TABLE ONLY " + leaf.relation().quotedName();
        List<String> more = Stream.concat(member.columns().stream(), Stream.of(column.name()))
                .toList();
        return alter + " DROP" + table + "; " + alter + " ADD" + table
                + new Member(more, member.filter(), member.filterColumns()).sql() + ";";
    }
}
