package nexus.replication.coverage;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import nexus.event.Operation;
import nexus.replication.coverage.Loss.Why;
import nexus.replication.publication.PublicationPlan;
import nexus.replication.publication.PublicationPlan.Kind;
import nexus.replication.publication.PublicationPlan.Move;
import nexus.replication.publication.Publications;
import nexus.replication.source.SqlName;
import nexus.replication.table.Leaf;
import nexus.replication.table.Published;
import nexus.replication.table.SourceTable;
import nexus.replication.table.WriteRule.Obstacle;
import nexus.subscription.Subscription;
import nexus.subscription.warning.Warning;

/**
 * Describes the changes of a subscription that are not sent with the present publications, and the SQL that fixes it.
 */
public final class LossWarnings {
    /** A table may have thousands of partitions. */
    private static final int SHOWN = 20;

    private static final Set<Operation> EVERYTHING = Set.of(Operation.values());

    private final Publications names;
    private final List<SourceTable> tables; // only tables with losses
    private final Map<Kind, Published> published;
    private final Map<Long, String> refusals;

    /**
     * @param tables the wanted tables
     * @param refused the attempts to publish tables that failed
     */
    public LossWarnings(
            Publications names,
            List<SourceTable> tables,
            Map<Kind, Published> published,
            List<Publications.Refused> refused) {
        this.names = names;
        this.published = Map.copyOf(published);
        this.tables = tables.stream()
                .filter(table -> !Loss.of(table, EVERYTHING, published).isEmpty())
                .toList();
        this.refusals = refused.stream()
                .collect(Collectors.toMap(
                        one -> one.move().table().oid(),
                        one -> String.valueOf(one.why().getMessage())));
    }

    /** A loss of a subscription, with its warning. */
    public record Lost(Loss loss, Warning warning) {}

    public List<Lost> of(Subscription subscription) {
        List<Lost> lost = new ArrayList<>();
        CoverageWarnings.wantedOperations(subscription, tables)
                .forEach((table, wanted) ->
                        Loss.of(table, wanted, published).forEach(loss -> lost.add(new Lost(loss, warning(loss)))));
        return lost;
    }

    private Warning warning(Loss loss) {
        return switch (loss.why()) {
            case Why.NotPublished() -> notPublished(loss);
            case Why.NotInWal() ->
                new Warning(
                        "partition-not-in-wal",
                        subject(loss) + " is unlogged: PostgreSQL's WAL has no changes of it",
                        fixes(loss, leaf -> "ALTER TABLE " + leaf.relation().quotedName() + " SET LOGGED;"));
            case Why.Refused(Obstacle obstacle, Kind kind, boolean isNow) -> refused(loss, obstacle, kind, isNow);
        };
    }

    private Warning notPublished(Loss loss) {
        Optional<Move> move = PublicationPlan.moveOf(loss.table(), published);
        String because = Optional.ofNullable(refusals.get(loss.table().oid()))
                .map(why -> subject(loss) + " could not be added to the publication: " + why)
                .orElseGet(() -> subject(loss) + ": no publication of Nexus publishes its " + operations(loss));
        String fix = move.map(one -> "As the table's owner or a superuser: " + names.sql(one))
                .orElseGet(() -> "ALTER PUBLICATION " + SqlName.quoted(names.name(Kind.CHANGES)) + " SET (publish = '"
                        + Publications.operations(Kind.CHANGES) + "');");
        return new Warning("table-not-published", because, fix);
    }

    private Warning refused(Loss loss, Obstacle obstacle, Kind kind, boolean isNow) {
        String reason =
                subject(loss) + " " + IdentityAdvice.reason(loss.leaves().getFirst(), obstacle);
        String detail = isNow
                ? reason + "; it is in publication " + names.name(kind)
                        + ", so PostgreSQL refuses every UPDATE and DELETE of it"
                : reason + ": its " + operations(loss) + " are not sent, only inserts and truncates";
        return new Warning(code(obstacle), detail, fixes(loss, leaf -> {
            Published publication = published.get(kind);
            return publication == null
                    ? ""
                    : IdentityAdvice.fix(
                            leaf,
                            obstacle,
                            Loss.asMember(loss.table(), leaf, published, publication),
                            names.name(kind));
        }));
    }

    static String code(Obstacle obstacle) {
        return switch (obstacle) {
            case NO_IDENTITY -> "no-replica-identity";
            case ROW_FILTER -> "row-filter-beyond-identity";
            case COLUMN_LIST -> "column-list-without-identity";
            case GENERATED_COLUMN -> "generated-column-not-published";
            case VIRTUAL_COLUMN -> "virtual-column-in-identity";
        };
    }

    private static String operations(Loss loss) {
        return loss.operations().stream()
                .filter(operation -> !(loss.why() instanceof Why.Refused) || isOfOldRows(operation))
                .sorted()
                .map(operation -> operation.segment().toLowerCase(Locale.ROOT) + "s")
                .collect(Collectors.joining(" and "));
    }

    private static boolean isOfOldRows(Operation operation) {
        return Set.of(Operation.UPDATE, Operation.DELETE).contains(operation);
    }

    private static String subject(Loss loss) {
        if (!loss.table().isPartitioned() || loss.leaves().isEmpty()) {
            return loss.table().toString();
        }
        String named = loss.leaves().stream().limit(SHOWN).map(Leaf::toString).collect(Collectors.joining(", "));
        int more = loss.leaves().size() - SHOWN;
        return named + (more > 0 ? " and " + more + " more" : "") + " (partition of " + loss.table() + ")";
    }

    private static String fixes(Loss loss, Function<Leaf, String> fix) {
        return loss.leaves().stream().limit(SHOWN).map(fix).distinct().collect(Collectors.joining("\n"));
    }
}
