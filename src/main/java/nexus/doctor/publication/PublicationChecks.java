package nexus.doctor.publication;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nexus.doctor.check.Amount;
import nexus.doctor.check.Check;
import nexus.doctor.check.Listing;
import nexus.doctor.server.Server;
import nexus.event.Operation;
import nexus.event.TypePattern;
import nexus.replication.coverage.IdentityAdvice;
import nexus.replication.coverage.Loss;
import nexus.replication.coverage.Loss.Why;
import nexus.replication.publication.PublicationNote;
import nexus.replication.publication.PublicationPlan;
import nexus.replication.publication.PublicationPlan.Kind;
import nexus.replication.publication.Publications;
import nexus.replication.source.SqlName;
import nexus.replication.table.Leaf;
import nexus.replication.table.Published;
import nexus.replication.table.Published.Member;
import nexus.replication.table.SourceTable;
import nexus.replication.table.WriteRule;

/** Checks that every wanted table is published in the right way, and that no publication makes writes fail. */
public final class PublicationChecks {
    private final Server server;
    private final Publications names;
    private final Map<Kind, PublicationFacts> publications;
    private final List<TableFacts> tables;

    public PublicationChecks(
            Server server, Publications names, Map<Kind, PublicationFacts> publications, List<TableFacts> tables) {
        this.server = server;
        this.names = names;
        this.publications = publications;
        this.tables = tables;
    }

    /** @param store the identity of the store; empty before its first start */
    public Check publications(Optional<UUID> store, boolean hasCaptured) {
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
                                + Listing.lines(
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
                                    + operations(kind).stream()
                                            .sorted()
                                            .map(Operation::segment)
                                            .collect(Collectors.joining(", ")))
                            .collect(Collectors.joining("; ")),
                    Listing.lines(
                            different,
                            kind -> "ALTER PUBLICATION " + SqlName.quoted(names.name(kind)) + " SET (publish = '"
                                    + Publications.operations(kind) + "');"));
        }
        return Check.ok(check, names.name(Kind.CHANGES) + " and " + names.name(Kind.INSERTS) + " are there");
    }

    private Check missing(String check, List<Kind> missing, boolean hasCaptured) {
        String what = missing.stream().map(names::name).collect(Collectors.joining(" and "));
        String are = missing.size() == 1 ? " is" : " are";
        String sql = Listing.lines(missing, kind -> names.creationSql(kind, server.version()) + ";");
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

    public List<Check> tables(List<TypePattern> patterns) {
        Map<TableFacts, Set<Operation>> wanted = wanted(patterns);
        List<Check> checks = new ArrayList<>();
        checks.add(wantedTables(patterns, wanted));
        if (!wanted.isEmpty()) {
            checks.add(coverage(wanted));
            checks.add(replicaIdentity(wanted));
        }
        checks.add(userWrites());
        checks.addAll(new RestrictionChecks(names, publications, tables).of(wanted.keySet()));
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
                    "no table is named so: " + Listing.shown(inVain, TypePattern::value),
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
                    Listing.shown(unlogged, table -> table.table().toString())
                            + ": unlogged, so the WAL has nothing of it (the fix rewrites the table and locks it)",
                    Listing.lines(
                            unlogged, table -> "ALTER TABLE " + table.table().quotedName() + " SET LOGGED;"));
        }
        return Check.ok(
                check,
                wanted.isEmpty()
                        ? "no enabled subscription wants changes of a table"
                        : Amount.count(wanted.size(), "table") + ": "
                                + Listing.shown(List.copyOf(wanted.keySet()), table -> table.table()
                                        .toString()));
    }

    private Check coverage(Map<TableFacts, Set<Operation>> wanted) {
        String check = "publication-coverage";
        Map<Kind, Published> published = published();
        List<TableFacts> uncovered = wanted.keySet().stream()
                .filter(table -> Loss.of(table.table(), wanted.getOrDefault(table, Set.of()), published).stream()
                        .anyMatch(loss -> loss.why() instanceof Why.NotPublished))
                .toList();
        if (uncovered.isEmpty()) {
            return Check.ok(check, "every wanted table is published as far as it can be");
        }
        String sql = Listing.lines(uncovered, table -> PublicationPlan.moveOf(table.table(), published)
                .map(names::sql)
                .orElse("-- " + table.table() + ": see publication"));
        String detail = "not published: "
                + Listing.shown(uncovered, table -> table.table().toString());
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
                : "it does not own " + Listing.shown(others, table -> table.table() + " (" + table.owner() + " does)");
    }

    private boolean mayPublish(TableFacts table) {
        boolean hasPublications = publications.size() == Kind.values().length
                ? publications.values().stream().allMatch(PublicationFacts::isOurs)
                : server.mayCreate();
        return hasPublications && table.isOurs();
    }

    private Check replicaIdentity(Map<TableFacts, Set<Operation>> wanted) {
        String check = "replica-identity";
        Map<Kind, Published> published = published();
        List<Refusal> refusals = wanted.entrySet().stream()
                .filter(one -> one.getValue().contains(Operation.UPDATE)
                        || one.getValue().contains(Operation.DELETE))
                .map(one -> one.getKey().table())
                .flatMap(table -> table.leavesInWal().stream()
                        .flatMap(leaf -> Loss.refusedIfPublished(table, leaf, published).stream()
                                .map(why -> new Refusal(leaf, why))))
                .toList();
        return refusals.isEmpty()
                ? Check.ok(check, "no wanted update or delete is held back for want of one")
                : Check.warn(
                        check,
                        Listing.shown(refusals, Refusal::reason) + ": only inserts and truncates are sent",
                        Listing.lines(refusals, this::sql));
    }

    /** A table, wanted or not, whose updates PostgreSQL refuses because of a publication of Nexus. */
    public Check userWrites() {
        String check = "user-writes";
        Map<Kind, Published> published = published();
        List<Refusal> failing = tables.stream()
                .filter(table -> table.table().kind() == SourceTable.Kind.TABLE)
                .flatMap(table -> table.table().leaves().stream())
                .flatMap(leaf -> Loss.refusedNow(leaf, published).map(why -> new Refusal(leaf, why)).stream())
                .toList();
        return failing.isEmpty()
                ? Check.ok(check, "no publication of Nexus stands in the way of an UPDATE or DELETE")
                : Check.fail(
                        check,
                        "UPDATE and DELETE fail now, because it is published for updates: "
                                + Listing.shown(failing, Refusal::reason),
                        Listing.lines(failing, this::sql));
    }

    /** A relation whose updates cannot be published. */
    private record Refusal(Leaf leaf, Why.Refused why) {
        String reason() {
            return leaf + " " + IdentityAdvice.reason(leaf, why.obstacle());
        }
    }

    private String sql(Refusal refusal) {
        Leaf leaf = refusal.leaf();
        Optional<String> index = tables.stream()
                .filter(table -> table.table().oid() == leaf.oid())
                .findFirst()
                .flatMap(TableFacts::uniqueIndex);
        if (refusal.why().obstacle() == WriteRule.Obstacle.NO_IDENTITY && index.isPresent()) {
            return "ALTER TABLE " + leaf.relation().quotedName() + " REPLICA IDENTITY USING INDEX "
                    + SqlName.quoted(index.get()) + ";";
        }
        Kind kind = refusal.why().kind();
        return of(kind).flatMap(one -> IdentityAdvice.sql(
                        leaf,
                        refusal.why().obstacle(),
                        one.published().covers(leaf)
                                ? one.published()
                                : one.published().with(leaf.oid(), Member.WHOLE),
                        names.name(kind)))
                .orElse("-- " + leaf + " needs a primary key first: ALTER TABLE "
                        + leaf.relation().quotedName() + " ADD PRIMARY KEY (…);");
    }

    private Optional<Check> partitionRoots(Map<TableFacts, Set<Operation>> wanted) {
        List<TableFacts> roots =
                wanted.keySet().stream().filter(TableFacts::isPartitioned).toList();
        if (roots.isEmpty()) {
            return Optional.empty();
        }
        List<Kind> byRoot = Stream.of(Kind.values())
                .filter(kind -> of(kind).filter(one -> one.published().viaRoot()
                                && roots.stream()
                                        .anyMatch(root -> one.published().coversAll(root.table())))
                        .isPresent())
                .toList();
        String named = Listing.shown(roots, table -> table.table().toString());
        return Optional.of(
                byRoot.isEmpty()
                        ? Check.ok("partition-roots", named + ": changes of partitions are events of the root")
                        : Check.warn(
                                "partition-roots",
                                named + ": published via the partition root, so an event can't name the partition",
                                Listing.lines(
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
                        Listing.shown(secured, table -> table.table().toString())
                                + ": logical decoding knows no policies, so receivers get every row",
                        "If a receiver must not see every row, disable its subscription: PATCH /v1/subscriptions/{id}"
                                + " {\"isEnabled\":false}"));
    }

    private Optional<PublicationFacts> of(Kind kind) {
        return Optional.ofNullable(publications.get(kind));
    }

    private Set<Operation> operations(Kind kind) {
        return of(kind).map(one -> one.published().operations()).orElse(Set.of());
    }

    private static Set<Operation> expected(Kind kind) {
        return Arrays.stream(Publications.operations(kind).split(", ", -1))
                .map(name -> Operation.valueOf(name.toUpperCase(Locale.ROOT)))
                .collect(Collectors.toSet());
    }

    private Map<Kind, Published> published() {
        Map<Kind, Published> published = new EnumMap<>(Kind.class);
        publications.forEach((kind, facts) -> published.put(kind, facts.published()));
        return published;
    }
}
