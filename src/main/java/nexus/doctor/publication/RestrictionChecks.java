package nexus.doctor.publication;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import nexus.doctor.check.Check;
import nexus.doctor.check.Listing;
import nexus.replication.publication.PublicationPlan.Kind;
import nexus.replication.publication.Publications;
import nexus.replication.source.SqlName;
import nexus.replication.table.Leaf;
import nexus.replication.table.Published;
import nexus.replication.table.Published.Member;
import nexus.replication.table.SourceTable;

/** Checks whether rows, columns or partitions of a published table are not sent. */
final class RestrictionChecks {
    private final Publications names;
    private final Map<Kind, PublicationFacts> publications;
    private final List<TableFacts> tables;

    RestrictionChecks(Publications names, Map<Kind, PublicationFacts> publications, List<TableFacts> tables) {
        this.names = names;
        this.publications = publications;
        this.tables = tables;
    }

    List<Check> of(Set<TableFacts> wanted) {
        return Stream.of(restrictions(wanted), conflicts(), partitionsInWal(wanted))
                .flatMap(Optional::stream)
                .toList();
    }

    private Optional<PublicationFacts> of(Kind kind) {
        return Optional.ofNullable(publications.get(kind));
    }

    /** Partitions whose rows are not in the WAL although their table is published. */
    private Optional<Check> partitionsInWal(Set<TableFacts> wanted) {
        List<Leaf> missing = wanted.stream()
                .flatMap(table -> table.table().leaves().stream())
                .filter(leaf -> !leaf.isInWal())
                .toList();
        return missing.isEmpty()
                ? Optional.empty()
                : Optional.of(Check.warn(
                        "partitions-in-wal",
                        Listing.shown(missing, Leaf::toString)
                                + ": unlogged, so the WAL has nothing of it (the fix rewrites the partition and locks"
                                + " it)",
                        Listing.lines(
                                missing,
                                leaf -> "ALTER TABLE " + leaf.relation().quotedName() + " SET LOGGED;")));
    }

    /** Row filters and column lists of an administrator: the rows and columns that they exclude are not sent. */
    private Optional<Check> restrictions(Set<TableFacts> wanted) {
        List<String> found = new ArrayList<>();
        List<String> fixes = new ArrayList<>();
        publications.forEach((kind, facts) -> tables.stream()
                .filter(table -> wanted.stream().anyMatch(one -> one.table()
                        .relationOids()
                        .contains(table.table().oid())))
                .forEach(table -> {
                    Member member =
                            facts.published().members().get(table.table().oid());
                    if (member != null && member.isRestricted()) {
                        found.add(restriction(table, member) + " in " + names.name(kind));
                        String alter = "ALTER PUBLICATION " + SqlName.quoted(names.name(kind));
                        String only = " TABLE ONLY " + table.table().quotedName() + ";";
                        fixes.add(alter + " DROP" + only + " " + alter + " ADD" + only);
                    }
                }));
        return found.isEmpty()
                ? Optional.empty()
                : Optional.of(Check.warn(
                        "publication-restrictions",
                        Listing.shown(found, Function.identity())
                                + "; rows outside of a filter are not sent, and an update that takes a row over its"
                                + " border arrives as an insert or a delete; columns outside of a list are named in"
                                + " unavailable",
                        "-- only where that is not meant:\n" + Listing.lines(fixes, Function.identity())));
    }

    /** Tables in both publications with different columns: a change of one ends the stream. */
    private Optional<Check> conflicts() {
        Optional<Published> changes = of(Kind.CHANGES).map(PublicationFacts::published);
        Optional<Published> inserts = of(Kind.INSERTS).map(PublicationFacts::published);
        if (changes.isEmpty() || inserts.isEmpty()) {
            return Optional.empty();
        }
        List<Leaf> conflicting = tables.stream()
                .filter(table -> table.table().kind() == SourceTable.Kind.TABLE)
                .flatMap(table -> table.table().leavesInWal().stream())
                .filter(leaf -> changes.get().covers(leaf) && inserts.get().covers(leaf))
                .filter(leaf -> !changes.get().agreesWith(inserts.get(), leaf))
                .toList();
        return conflicting.isEmpty()
                ? Optional.empty()
                : Optional.of(Check.fail(
                        "publication-conflict",
                        Listing.shown(conflicting, Leaf::toString)
                                + ": both publications have it, with different columns, so"
                                + " its first change ends the stream for every table",
                        Listing.lines(
                                conflicting,
                                leaf -> "ALTER PUBLICATION " + SqlName.quoted(names.name(Kind.INSERTS))
                                        + " DROP TABLE ONLY " + leaf.relation().quotedName() + ";")));
    }

    private static String restriction(TableFacts table, Member member) {
        String name = table.table().toString();
        String list = member.columns().isEmpty() ? "" : " has the column list " + String.join(", ", member.columns());
        String filter =
                member.filter().map(where -> " has the row filter " + where).orElse("");
        return name + list + (!list.isEmpty() && !filter.isEmpty() ? " and" : "") + filter;
    }
}
