package nexus.replication.coverage;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nexus.event.Operation;
import nexus.event.TypePattern;
import nexus.replication.table.SourceTable;
import nexus.replication.table.SourceTable.Identity;
import nexus.replication.table.SourceTable.Kind;
import nexus.subscription.Subscription;
import nexus.subscription.warning.Warning;

/** Warns of surprising properties of a subscription's tables. */
public final class CoverageWarnings {
    /** A wildcard may match thousands of tables with the same problem. */
    private static final int SHOWN = 20;

    private CoverageWarnings() {}

    /** @param losses the warnings about changes that are not sent */
    public static List<Warning> of(Subscription subscription, List<SourceTable> tables, List<Warning> losses) {
        List<Warning> warnings = new ArrayList<>(losses);
        for (TypePattern pattern : subscription.selection().patterns()) {
            if (pattern.isAboutTables()) {
                aboutPattern(pattern, tables, warnings);
            }
        }
        wantedOperations(subscription, tables).forEach((table, wanted) -> aboutTable(table, wanted, warnings));
        return capped(warnings);
    }

    /** The operations that the subscription wants of each table; contains only tables that can be captured. */
    public static Map<SourceTable, Set<Operation>> wantedOperations(
            Subscription subscription, List<SourceTable> tables) {
        Map<SourceTable, Set<Operation>> wanted = new LinkedHashMap<>();
        for (SourceTable table : tables) {
            if (table.isCapturable()) {
                EnumSet<Operation> operations = EnumSet.noneOf(Operation.class);
                for (TypePattern pattern : subscription.selection().patterns()) {
                    operations.addAll(pattern.operationsOf(table.schema(), table.name()));
                }
                if (!operations.isEmpty()) {
                    wanted.put(table, operations);
                }
            }
        }
        return wanted;
    }

    private static void aboutPattern(TypePattern pattern, List<SourceTable> tables, List<Warning> warnings) {
        List<SourceTable> named = tables.stream()
                .filter(table ->
                        !pattern.operationsOf(table.schema(), table.name()).isEmpty())
                .toList();
        if (!pattern.namesOneTable()) {
            warnings.add(new Warning(
                    "new-tables-take-seconds",
                    pattern + " captures a new table within 10 s of its creation; rows from before that are not sent",
                    "Wait 10 s after creating a table before writing rows that must be sent."));
        } else if (named.isEmpty()) {
            warnings.add(new Warning(
                    "no-such-table",
                    pattern + " matches no table of the source database yet",
                    "Create the table, or correct the name: it is written as in the catalog, with capitals."));
        }
        if (pattern.value().startsWith("pg.")) {
            named.stream()
                    .filter(table -> !table.isCapturable() && pattern.namesOneTable())
                    .forEach(table -> warnings.add(notCapturable(table)));
        }
    }

    private static Warning notCapturable(SourceTable table) {
        if (table.kind() == Kind.PARTITION) {
            return new Warning(
                    "table-is-a-partition",
                    table + " is a partition: its changes are sent as those of the table at the top",
                    "Subscribe to the partitioned table.");
        }
        if (table.kind() == Kind.NOT_IN_WAL) {
            return new Warning(
                    "table-not-in-wal",
                    table + " is a view, a foreign table or unlogged: PostgreSQL's WAL has no changes of it",
                    "Subscribe to an ordinary table; ALTER TABLE … SET LOGGED makes one of an unlogged table.");
        }
        return new Warning(
                "table-is-nexus-own",
                table + " is Nexus's own table and never captured",
                "Subscribe to nexus.* for Nexus's own events.");
    }

    private static void aboutTable(SourceTable table, Set<Operation> wanted, List<Warning> warnings) {
        boolean wantsOldRows = wanted.contains(Operation.UPDATE) || wanted.contains(Operation.DELETE);
        if (wantsOldRows && table.identity() == Identity.KEY) {
            warnings.add(new Warning(
                    "old-values-missing",
                    table + " keeps only key columns of the old row: old_record has no others, and changed is null",
                    "ALTER TABLE " + table.quotedName() + " REPLICA IDENTITY FULL;"));
        }
        if (table.identity() == Identity.FULL && !table.hasPrimaryKey()) {
            warnings.add(new Warning(
                    "ordered-as-one-key",
                    table + " has no primary key: all its rows are one key, sent one after the other",
                    "Add a primary key."));
        }
    }

    private static List<Warning> capped(List<Warning> warnings) {
        if (warnings.size() <= SHOWN) {
            return warnings;
        }
        List<Warning> shown = new ArrayList<>(warnings.subList(0, SHOWN));
        shown.add(new Warning(
                "more-warnings",
                (warnings.size() - SHOWN) + " more of this kind are left out",
                "Name fewer tables to see them all."));
        return shown;
    }
}
