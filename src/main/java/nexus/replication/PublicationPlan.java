package nexus.replication;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** Decides which table has to go into which publication, or out of it. */
public final class PublicationPlan {
    private PublicationPlan() {}

    /** Each table is published in one of two ways. */
    public enum Kind {
        /** Every change. A table without a replica identity must not be in it: the user's UPDATE would fail. */
        CHANGES,
        /** Inserts and truncates only. */
        INSERTS
    }

    /**
     * A publication as it is.
     *
     * @param allTables FOR ALL TABLES: an administrator's, which is left alone
     * @param tables its members by object id
     * @param added those of them that Nexus added; the others are left alone
     */
    public record Published(boolean allTables, Set<Long> tables, Set<Long> added) {
        public Published {
            tables = Set.copyOf(tables);
            added = Set.copyOf(added);
        }

        private boolean isOurs(SourceTable table) {
            return tables.contains(table.oid()) && added.contains(table.oid());
        }
    }

    /** Out of one publication, into the other, or both: in one transaction, so that no change falls between. */
    public record Move(SourceTable table, Optional<Kind> from, Optional<Kind> to) {}

    /**
     * @param needed whether a subscription wants changes of the table
     * @param droppable whether nobody has needed it for long enough
     */
    public static List<Move> moves(
            List<SourceTable> tables,
            Map<Kind, Published> now,
            Predicate<SourceTable> needed,
            Predicate<SourceTable> droppable) {
        Published changes = of(now, Kind.CHANGES);
        Published inserts = of(now, Kind.INSERTS);
        List<Move> moves = new ArrayList<>();
        if (changes.allTables()) {
            return moves;
        }
        for (SourceTable table : tables) {
            if (table.isCapturable()) {
                Optional<Kind> in = memberOf(table, changes, inserts);
                if (in.isEmpty()) {
                    if (needed.test(table)) {
                        moves.add(new Move(table, Optional.empty(), Optional.of(home(table))));
                    }
                } else {
                    correction(table, in.get(), changes, inserts, needed, droppable)
                            .ifPresent(moves::add);
                }
            }
        }
        return moves;
    }

    /** Of two memberships the one that publishes more: it is what the user's UPDATE meets. */
    private static Optional<Kind> memberOf(SourceTable table, Published changes, Published inserts) {
        if (changes.tables().contains(table.oid())) {
            return Optional.of(Kind.CHANGES);
        }
        boolean inInserts = inserts.allTables() || inserts.tables().contains(table.oid());
        return inInserts ? Optional.of(Kind.INSERTS) : Optional.empty();
    }

    private static Optional<Move> correction(
            SourceTable table,
            Kind in,
            Published changes,
            Published inserts,
            Predicate<SourceTable> needed,
            Predicate<SourceTable> droppable) {
        boolean ours = (in == Kind.CHANGES ? changes : inserts).isOurs(table);
        Kind home = home(table);
        if (ours && !needed.test(table) && droppable.test(table)) {
            return Optional.of(new Move(table, Optional.of(in), Optional.empty()));
        }
        if (in == home) {
            boolean isTwice = in == Kind.CHANGES && inserts.isOurs(table);
            return isTwice
                    ? Optional.of(new Move(table, Optional.of(Kind.INSERTS), Optional.empty()))
                    : Optional.empty();
        }
        if (in == Kind.CHANGES) { // lost its replica identity
            boolean isThereAlready = inserts.tables().contains(table.oid());
            return ours
                    ? Optional.of(new Move(
                            table, Optional.of(in), isThereAlready ? Optional.empty() : Optional.of(Kind.INSERTS)))
                    : Optional.empty();
        }
        return needed.test(table)
                ? Optional.of(new Move(table, ours ? Optional.of(in) : Optional.empty(), Optional.of(home)))
                : Optional.empty();
    }

    private static Kind home(SourceTable table) {
        return table.identity() == SourceTable.Identity.NONE ? Kind.INSERTS : Kind.CHANGES;
    }

    private static Published of(Map<Kind, Published> now, Kind kind) {
        return now.getOrDefault(kind, new Published(false, Set.of(), Set.of()));
    }
}
