package nexus.doctor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nexus.event.Operation;
import nexus.event.TypePattern;
import nexus.replication.PublicationNote;
import nexus.replication.PublicationPlan;
import nexus.replication.PublicationPlan.Kind;
import nexus.replication.PublicationPlan.Move;
import nexus.replication.PublicationPlan.Published;
import nexus.replication.Publications;
import nexus.replication.SourceTable;
import nexus.replication.SourceTable.Identity;
import nexus.replication.SqlName;

/** Is every table that is wanted published, in the way it has to be, and nobody's write in danger? */
final class PublicationChecks {
    /** A wildcard may name thousands of tables with the same trouble. */
    private static final int SHOWN = 20;

    private final Server server;
    private final Publications names;
    private final Map<Kind, PublicationFacts> publications;
    private final List<TableFacts> tables;

    PublicationChecks(
            Server server, Publications names, Map<Kind, PublicationFacts> publications, List<TableFacts> tables) {
        this.server = server;
        this.names = names;
        this.publications = publications;
        this.tables = tables;
    }

    /** @param store which one this is; empty before its first start */
    Check publications(Optional<UUID> store, boolean hasCaptured) {
        String check = "publication";
        List<Kind> missing = Stream.of(Kind.values())
                .filter(kind -> !publications.containsKey(kind))
                .toList();
        if (!missing.isEmpty()) {
            return missing(check, missing, hasCaptured);
        }
        for (Kind kind : Kind.values()) {
            Optional<PublicationNote> note = of(kind).flatMap(PublicationFacts::note);
            if (note.isPresent() && !store.equals(note.map(PublicationNote::store))) {
                return Check.fail(
                        check,
                        names.name(kind) + " belongs to another Nexus store: two on one publication take each other's"
                                + " tables away",
                        "Set NEXUS_SLOT and NEXUS_PUBLICATION to names of their own, such as NEXUS_SLOT=nexus_2 and"
                                + " NEXUS_PUBLICATION=nexus_2. Or, if that store is gone for good:\n"
                                + lines(
                                        List.of(Kind.values()),
                                        each -> "COMMENT ON PUBLICATION " + SqlName.quoted(names.name(each))
                                                + " IS NULL;"));
            }
        }
        List<Kind> different = Stream.of(Kind.values())
                .filter(kind -> !expected(kind).equals(operations(kind)))
                .toList();
        if (!different.isEmpty()) {
            return Check.warn(
                    check,
                    different.stream()
                            .map(kind -> names.name(kind) + " publishes "
                                    + operations(kind).stream().sorted().collect(Collectors.joining(", ")))
                            .collect(Collectors.joining("; ")),
                    lines(
                            different,
                            kind -> "ALTER PUBLICATION " + SqlName.quoted(names.name(kind)) + " SET (publish = '"
                                    + Publications.operations(kind) + "');"));
        }
        return Check.ok(check, names.name(Kind.CHANGES) + " and " + names.name(Kind.INSERTS) + " are there");
    }

    private Check missing(String check, List<Kind> missing, boolean hasCaptured) {
        String what = missing.stream().map(names::name).collect(Collectors.joining(" and "));
        String are = missing.size() == 1 ? " is" : " are";
        String sql = lines(missing, kind -> names.creationSql(kind, server.version()) + ";");
        if (!server.mayCreate()) {
            return Check.fail(
                    check,
                    what + are + " missing, and role " + server.role() + " may not create publications in database "
                            + server.database() + "; a superuser can",
                    sql);
        }
        return hasCaptured
                ? Check.warn(
                        check,
                        what + are + " gone: what changes until Nexus makes "
                                + (missing.size() == 1 ? "it" : "them") + " again, within seconds of its start, may be"
                                + " lost",
                        sql)
                : Check.ok(check, what + are + " not made yet: Nexus does it when it starts");
    }

    List<Check> tables(List<TypePattern> patterns) {
        Map<TableFacts, Set<Operation>> wanted = wanted(patterns);
        List<Check> checks = new ArrayList<>();
        checks.add(wantedTables(patterns, wanted));
        if (!wanted.isEmpty()) {
            checks.add(coverage(wanted));
            checks.add(replicaIdentity(wanted));
        }
        checks.add(userWrites());
        partitionRoots(wanted).ifPresent(checks::add);
        rowSecurity(wanted).ifPresent(checks::add);
        return checks;
    }

    private Map<TableFacts, Set<Operation>> wanted(List<TypePattern> patterns) {
        Map<TableFacts, Set<Operation>> wanted = new LinkedHashMap<>();
        for (TableFacts table : tables) {
            Set<Operation> operations = operations(patterns, table);
            if (table.table().isCapturable() && !operations.isEmpty()) {
                wanted.put(table, operations);
            }
        }
        return wanted;
    }

    private static Set<Operation> operations(List<TypePattern> patterns, TableFacts table) {
        EnumSet<Operation> operations = EnumSet.noneOf(Operation.class);
        for (TypePattern pattern : patterns) {
            operations.addAll(
                    pattern.operationsOf(table.table().schema(), table.table().name()));
        }
        return operations;
    }

    private Check wantedTables(List<TypePattern> patterns, Map<TableFacts, Set<Operation>> wanted) {
        String check = "wanted-tables";
        List<TypePattern> inVain = patterns.stream()
                .filter(TypePattern::namesOneTable)
                .filter(pattern -> tables.stream()
                        .allMatch(table -> operations(List.of(pattern), table).isEmpty()))
                .toList();
        if (!inVain.isEmpty()) {
            return Check.warn(
                    check,
                    "no table is named so: " + shown(inVain, TypePattern::value),
                    "Create the table, or correct eventTypes of the subscription (PATCH /v1/subscriptions/{id}): names"
                            + " are written as in the catalog, with capitals.");
        }
        List<TableFacts> unlogged = tables.stream()
                .filter(table -> table.isUnlogged()
                        && !operations(patterns, table).isEmpty()
                        && !table.table().schema().equals("nexus"))
                .toList();
        if (!unlogged.isEmpty()) {
            return Check.warn(
                    check,
                    shown(unlogged, table -> table.table().toString())
                            + ": unlogged, so the WAL has nothing of it (the fix rewrites the table and locks it)",
                    lines(unlogged, table -> "ALTER TABLE " + table.table().quotedName() + " SET LOGGED;"));
        }
        return Check.ok(
                check,
                wanted.isEmpty()
                        ? "no enabled subscription wants changes of a table"
                        : Amount.count(wanted.size(), "table") + ": "
                                + shown(List.copyOf(wanted.keySet()), table -> table.table()
                                        .toString()));
    }

    private Check coverage(Map<TableFacts, Set<Operation>> wanted) {
        String check = "publication-coverage";
        List<TableFacts> uncovered = wanted.keySet().stream()
                .filter(table -> !isCovered(table.table()))
                .toList();
        if (uncovered.isEmpty()) {
            return Check.ok(check, "every wanted table is published as it has to be");
        }
        Map<Long, Move> moves = moves(wanted.keySet());
        String sql = lines(
                uncovered,
                table -> names.sql(moves.getOrDefault(
                        table.table().oid(),
                        new Move(table.table(), Optional.empty(), Optional.of(home(table.table()))))));
        String detail =
                "not published: " + shown(uncovered, table -> table.table().toString());
        List<TableFacts> denied =
                uncovered.stream().filter(table -> !mayPublish(table)).toList();
        if (denied.isEmpty()) {
            return Check.warn(check, detail + "; Nexus does it itself within 10 s while it runs", sql);
        }
        return Check.fail(
                check,
                detail + "; role " + server.role() + " may not do it itself, because " + whyNot(denied)
                        + "; a superuser can",
                sql);
    }

    private String whyNot(List<TableFacts> denied) {
        List<TableFacts> others =
                denied.stream().filter(table -> !table.isOurs()).toList();
        return others.isEmpty()
                ? "the publication is not its own ("
                        + publications.values().stream()
                                .map(PublicationFacts::owner)
                                .distinct()
                                .collect(Collectors.joining(", "))
                        + "'s)"
                : "it does not own " + shown(others, table -> table.table() + " (" + table.owner() + " does)");
    }

    private Map<Long, Move> moves(Set<TableFacts> wanted) {
        Set<Long> needed = wanted.stream().map(table -> table.table().oid()).collect(Collectors.toSet());
        Map<Kind, Published> published = new EnumMap<>(Kind.class);
        publications.forEach((kind, facts) -> published.put(kind, facts.published()));
        List<SourceTable> all = tables.stream().map(TableFacts::table).toList();
        return PublicationPlan.moves(all, published, table -> needed.contains(table.oid()), table -> false).stream()
                .collect(Collectors.toMap(move -> move.table().oid(), Function.identity()));
    }

    private boolean isCovered(SourceTable table) {
        boolean isInChanges = of(Kind.CHANGES).filter(one -> one.hasAll(table)).isPresent();
        boolean isInInserts = of(Kind.INSERTS).filter(one -> one.hasAll(table)).isPresent();
        return isInChanges || (isInInserts && home(table) == Kind.INSERTS);
    }

    private boolean mayPublish(TableFacts table) {
        boolean hasPublication =
                of(home(table.table())).map(PublicationFacts::isOurs).orElse(server.mayCreate());
        return hasPublication && table.isOurs();
    }

    private Check replicaIdentity(Map<TableFacts, Set<Operation>> wanted) {
        String check = "replica-identity";
        List<TableFacts> without = wanted.entrySet().stream()
                .filter(entry -> entry.getValue().contains(Operation.UPDATE)
                        || entry.getValue().contains(Operation.DELETE))
                .map(Map.Entry::getKey)
                .filter(table -> table.table().identity() == Identity.NONE && !failsUpdates(table))
                .toList();
        return without.isEmpty()
                ? Check.ok(check, "no wanted update or delete is held back for want of one")
                : Check.warn(
                        check,
                        shown(without, table -> table.table().toString())
                                + ": without primary key or replica identity only inserts and truncates are sent",
                        lines(leaves(without), PublicationChecks::identitySql));
    }

    /** A table that is published for updates and has no replica identity: PostgreSQL refuses the user's UPDATE. */
    Check userWrites() {
        String check = "user-writes";
        List<TableFacts> failing = tables.stream().filter(this::failsUpdates).toList();
        return failing.isEmpty()
                ? Check.ok(check, "no publication of Nexus stands in the way of an UPDATE or DELETE")
                : Check.fail(
                        check,
                        "UPDATE and DELETE fail now on "
                                + shown(failing, table -> table.table().toString())
                                + ": published for updates, and without replica identity",
                        lines(leaves(failing), PublicationChecks::identitySql));
    }

    private boolean failsUpdates(TableFacts table) {
        return table.table().kind() == SourceTable.Kind.TABLE
                && table.table().identity() == Identity.NONE
                && publications.values().stream().anyMatch(one -> one.publishesOldRows() && one.hasSome(table.table()));
    }

    private Optional<Check> partitionRoots(Map<TableFacts, Set<Operation>> wanted) {
        List<TableFacts> roots =
                wanted.keySet().stream().filter(TableFacts::isPartitioned).toList();
        if (roots.isEmpty()) {
            return Optional.empty();
        }
        List<Kind> byRoot = Stream.of(Kind.values())
                .filter(kind -> of(kind).filter(
                                one -> one.byRoot() && roots.stream().anyMatch(root -> one.hasAll(root.table())))
                        .isPresent())
                .toList();
        String named = shown(roots, table -> table.table().toString());
        return Optional.of(
                byRoot.isEmpty()
                        ? Check.ok("partition-roots", named + ": changes of partitions are events of the root")
                        : Check.warn(
                                "partition-roots",
                                named + ": published via the partition root, so an event can't name the partition",
                                lines(
                                        byRoot,
                                        kind -> "ALTER PUBLICATION " + SqlName.quoted(names.name(kind))
                                                + " SET (publish_via_partition_root = false);")));
    }

    private Optional<Check> rowSecurity(Map<TableFacts, Set<Operation>> wanted) {
        List<TableFacts> secured =
                wanted.keySet().stream().filter(TableFacts::hasRowSecurity).toList();
        return secured.isEmpty()
                ? Optional.empty()
                : Optional.of(Check.warn(
                        "row-level-security",
                        shown(secured, table -> table.table().toString())
                                + ": logical decoding knows no policies, so receivers get every row",
                        "If a receiver must not see every row, disable its subscription: PATCH /v1/subscriptions/{id}"
                                + " {\"isEnabled\":false}"));
    }

    /** The tables themselves, or of partitioned ones the partitions that lack an identity: ALTER TABLE does not descend. */
    private List<TableFacts> leaves(List<TableFacts> without) {
        return without.stream()
                .flatMap(table -> table.isPartitioned()
                        ? tables.stream()
                                .filter(leaf -> !leaf.isPartitioned()
                                        && table.table()
                                                .relationOids()
                                                .contains(leaf.table().oid())
                                        && leaf.table().identity() == Identity.NONE)
                        : Stream.of(table))
                .toList();
    }

    private static String identitySql(TableFacts table) {
        String identity = table.uniqueIndex()
                .map(index -> "USING INDEX " + SqlName.quoted(index))
                .orElse("FULL");
        return "ALTER TABLE " + table.table().quotedName() + " REPLICA IDENTITY " + identity + ";";
    }

    private Optional<PublicationFacts> of(Kind kind) {
        return Optional.ofNullable(publications.get(kind));
    }

    private Set<String> operations(Kind kind) {
        return of(kind).map(PublicationFacts::operations).orElse(Set.of());
    }

    private static Set<String> expected(Kind kind) {
        return Arrays.stream(Publications.operations(kind).split(", ", -1)).collect(Collectors.toSet());
    }

    private static Kind home(SourceTable table) {
        return table.identity() == Identity.NONE ? Kind.INSERTS : Kind.CHANGES;
    }

    private static <T> String shown(List<T> all, Function<T, String> name) {
        String names = all.stream().limit(SHOWN).map(name).collect(Collectors.joining(", "));
        return all.size() <= SHOWN ? names : names + " and " + (all.size() - SHOWN) + " more";
    }

    private static <T> String lines(List<T> all, Function<T, String> line) {
        String text = all.stream().limit(SHOWN).map(line).collect(Collectors.joining("\n"));
        return all.size() <= SHOWN ? text : text + "\n-- and so on: " + (all.size() - SHOWN) + " more";
    }
}
