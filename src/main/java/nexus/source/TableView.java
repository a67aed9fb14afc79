package nexus.source;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import nexus.doctor.publication.TableFacts;
import nexus.event.EventType;
import nexus.event.Operation;
import nexus.event.TypePattern;
import nexus.replication.publication.PublicationPlan.Kind;
import nexus.replication.table.Leaf;
import nexus.replication.table.SourceColumn;
import nexus.replication.table.SourceTable;
import org.jspecify.annotations.Nullable;

/**
 * A table of the source as the API shows it.
 *
 * @param eventType what the types of its row changes begin with
 * @param replicaIdentity what the WAL holds of an old row: {@code full}, {@code key} or {@code none}
 * @param captured the operations whose changes arrive here
 * @param wanted the operations that enabled subscriptions select
 * @param subscriptions number of enabled subscriptions that select any of them by their type
 */
@RegisterForReflection
record TableView(
        String schema,
        String table,
        String eventType,
        boolean isPartitioned,
        String owner,
        List<String> primaryKey,
        String replicaIdentity,
        List<ColumnView> columns,
        List<String> captured,
        List<String> wanted,
        int subscriptions) {

    /** A column. */
    @RegisterForReflection
    record ColumnView(String name, String type, @Nullable String generated) {
        static ColumnView of(SourceColumn column) {
            return new ColumnView(
                    column.name(),
                    column.type(),
                    column.generated() == SourceColumn.Generated.NO
                            ? null
                            : column.generated().name().toLowerCase(Locale.ROOT));
        }
    }

    /** @param patterns of enabled subscriptions, with the number of those that have exactly these */
    static TableView of(TableFacts facts, Survey survey, Map<List<TypePattern>, Integer> patterns) {
        SourceTable table = facts.table();
        List<SourceColumn> columns = survey.columnsOf(table);
        Set<Operation> wanted = EnumSet.noneOf(Operation.class);
        int subscriptions = 0;
        for (Map.Entry<List<TypePattern>, Integer> same : patterns.entrySet()) {
            Set<Operation> operations = EnumSet.noneOf(Operation.class);
            same.getKey().forEach(pattern -> operations.addAll(pattern.operationsOf(table.schema(), table.name())));
            if (!operations.isEmpty()) {
                wanted.addAll(operations);
                subscriptions += same.getValue();
            }
        }
        return new TableView(
                table.schema(),
                table.name(),
                eventType(table),
                table.isPartitioned(),
                facts.owner(),
                primaryKey(table, columns),
                table.identity().name().toLowerCase(Locale.ROOT),
                columns.stream().map(ColumnView::of).toList(),
                words(captured(table, survey)),
                words(wanted),
                subscriptions);
    }

    /** It names the table in one way, and sorts. */
    static String eventType(SourceTable table) {
        String insert = EventType.rowChange(table.schema(), table.name(), Operation.INSERT)
                .value();
        return insert.substring(0, insert.lastIndexOf('.'));
    }

    private static List<String> primaryKey(SourceTable table, List<SourceColumn> columns) {
        Set<String> key = table.leaves().stream()
                .map(Leaf::identity)
                .findFirst()
                .map(identity -> identity.primaryKey())
                .orElse(Set.of());
        return columns.stream().map(SourceColumn::name).filter(key::contains).toList();
    }

    private static Set<Operation> captured(SourceTable table, Survey survey) {
        if (survey.covers(Kind.CHANGES, table)) {
            return EnumSet.allOf(Operation.class);
        }
        return survey.covers(Kind.INSERTS, table)
                ? EnumSet.of(Operation.INSERT, Operation.TRUNCATE)
                : EnumSet.noneOf(Operation.class);
    }

    private static List<String> words(Set<Operation> operations) {
        List<String> words = new ArrayList<>();
        operations.forEach(operation -> words.add(operation.segment()));
        return words;
    }
}
