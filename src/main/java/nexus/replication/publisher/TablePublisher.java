package nexus.replication.publisher;

import io.vertx.core.Future;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import nexus.replication.coverage.ColumnWarnings;
import nexus.replication.coverage.CoverageWarnings;
import nexus.replication.coverage.CoverageWatch;
import nexus.replication.coverage.FilterWarnings;
import nexus.replication.coverage.Loss;
import nexus.replication.coverage.LossWarnings;
import nexus.replication.position.StoreIdentity;
import nexus.replication.publication.PublicationLock;
import nexus.replication.publication.PublicationPlan;
import nexus.replication.publication.PublicationPlan.Kind;
import nexus.replication.publication.PublicationPlan.Move;
import nexus.replication.publication.PublicationPlan.Step;
import nexus.replication.publication.Publications;
import nexus.replication.slot.OpenTransaction;
import nexus.replication.slot.ReplicationSlot;
import nexus.replication.source.SourceConfig;
import nexus.replication.source.SourceWorker;
import nexus.replication.state.CannotCapture;
import nexus.replication.state.StoreReply;
import nexus.replication.state.StoreUnavailableException;
import nexus.replication.table.Published;
import nexus.replication.table.SourceColumn;
import nexus.replication.table.SourceColumns;
import nexus.replication.table.SourceTable;
import nexus.replication.table.SourceTables;
import nexus.subscription.Content;
import nexus.subscription.Subscription;
import nexus.subscription.catalog.SubscriptionCatalog;
import nexus.subscription.matching.Subscriptions;
import nexus.subscription.warning.TableCoverage;
import nexus.subscription.warning.Warning;
import org.jboss.logging.Logger;

/** Keeps the publications in line with the subscriptions. Every process may change them, one at a time. */
@Singleton
public class TablePublisher implements TableCoverage {
    private static final Logger LOG = Logger.getLogger(TablePublisher.class);
    private static final Duration CHECK_INTERVAL = Duration.ofMillis(25);
    private static final int SHOWN_STEPS = 5;

    private final SourceConfig config;
    private final SourceWorker worker;
    private final SubscriptionCatalog catalog;
    private final StoreIdentity store;
    private final PublicationLock lock;
    private final MissingPublication missingPublication;
    private final CoverageWatch coverage;
    private final Publications publications;
    private final EarlierWriters earlierWriters = new EarlierWriters(); // used on the worker's thread
    private final Map<Long, Long> unneededSinceNanos = new HashMap<>(); // used on the worker's thread
    private String loggedFailure = ""; // used on the worker's thread
    private final Map<Move, String> loggedRefusals = new HashMap<>(); // used on the worker's thread

    @Inject
    public TablePublisher(
            SourceConfig config,
            SourceWorker worker,
            SubscriptionCatalog catalog,
            StoreIdentity store,
            PublicationLock lock,
            MissingPublication missingPublication,
            CoverageWatch coverage) {
        this.config = config;
        this.worker = worker;
        this.catalog = catalog;
        this.store = store;
        this.lock = lock;
        this.missingPublication = missingPublication;
        this.coverage = coverage;
        this.publications = new Publications(config.publication());
    }

    /** The state of the source after the publications were brought up to date. */
    private record Outcome(
            Wanting wanting,
            List<SourceTable> tables,
            Set<Long> needed,
            Map<Kind, Published> published,
            List<Publications.Refused> refused) {}

    /**
     * The subscriptions; not up to date when the store did not respond.
     *
     * @param asking one that is to be covered, whether or not it is among them
     */
    private record Wanting(Subscriptions subscriptions, Optional<Subscription> asking, boolean isUpToDate) {
        boolean includes(SourceTable table) {
            return table.isCapturable()
                    && (subscriptions.selectChangesOf(table.schema(), table.name())
                            || asking.filter(one -> !CoverageWarnings.wantedOperations(one, List.of(table))
                                            .isEmpty())
                                    .isPresent());
        }
    }

    /** The outcome for one subscription, with the columns of its tables if it names columns. */
    private record Covered(Outcome outcome, Map<Long, List<SourceColumn>> columns) {}

    /** The conditions that a new subscription still waits for. */
    private record Waiting(boolean slotIsMissing, List<OpenTransaction> writers) {
        boolean isOver() {
            return !slotIsMissing && writers.isEmpty();
        }
    }

    @Override
    public Future<List<Warning>> cover(Subscription subscription) {
        if (!subscription.selection().isAboutTables()) {
            return Future.succeededFuture(List.of());
        }
        long deadline = System.nanoTime() + config.coverTimeout().toNanos();
        return worker.submit(connection -> covered(connection, subscription))
                .compose(covered -> {
                    Set<Long> relations =
                            relations(CoverageWarnings.wantedOperations(subscription, covered.outcome.tables)
                                    .keySet());
                    return waitFor(relations, deadline).map(waiting -> warnings(subscription, covered, waiting));
                })
                .recover(failure -> Future.succeededFuture(List.of(notConfirmed(failure))));
    }

    @Override
    public Future<Map<UUID, List<Warning>>> losses(Collection<UUID> subscriptions) {
        return coverage.losses(subscriptions);
    }

    private Covered covered(Connection connection, Subscription subscription) throws SQLException {
        Outcome outcome = reconcileFor(connection, subscription);
        boolean readsColumns = subscription
                .selection()
                .filter()
                .filter(filter -> !filter.columnUses().isEmpty())
                .isPresent();
        Content content = subscription.settings().content();
        boolean namesColumns =
                !content.templateColumns().isEmpty() || !content.chosenColumns().isEmpty();
        return new Covered(
                outcome,
                readsColumns || namesColumns
                        ? SourceColumns.read(
                                connection,
                                CoverageWarnings.wantedOperations(subscription, outcome.tables)
                                        .keySet())
                        : Map.of());
    }

    private Outcome reconcileFor(Connection connection, Subscription subscription) throws SQLException {
        Outcome outcome = reconcile(connection, () -> reloadWith(subscription), table -> false);
        try { // before the next check on this thread, which must not report the losses of the response again
            coverage.recordReported(subscription, lossWarnings(outcome).of(subscription));
        } catch (StoreUnavailableException e) {
            LOG.debugf("coverage not stored, the next check tries again reason=%s", e.getMessage());
        }
        return outcome;
    }

    private LossWarnings lossWarnings(Outcome outcome) {
        List<SourceTable> wanted = outcome.tables.stream()
                .filter(table -> outcome.needed.contains(table.oid()))
                .toList();
        return new LossWarnings(publications, wanted, outcome.published, outcome.refused);
    }

    /** Brings the publications up to date before the slot is created, and when this process begins to capture. */
    public Set<SourceTable> prepare(Connection connection) throws SQLException {
        return Set.copyOf(reconcile(connection, this::reload, table -> false).tables);
    }

    /**
     * Handles new tables, lost identities, and tables that are no longer needed. Called in the process that captures.
     */
    public void guard() {
        try {
            Outcome outcome = worker.runNow(connection -> {
                boolean isLocked = tryLock();
                try {
                    return reconcileLocked(
                            connection, this::reloadOrKeep, isLocked ? this::isUnneededForLong : table -> false);
                } finally {
                    lock.release();
                }
            });
            if (outcome.wanting.isUpToDate) {
                coverage.check(outcome.wanting.subscriptions.all(), lossWarnings(outcome), failing(outcome));
            }
            loggedFailure = "";
        } catch (SQLException | RuntimeException e) {
            String reason = String.valueOf(e.getMessage());
            if (!reason.equals(loggedFailure)) {
                LOG.warnf("publications not checked reason=%s", reason);
            }
            loggedFailure = reason;
        }
    }

    private Wanting reload() {
        return new Wanting(StoreReply.await(catalog.refresh()), Optional.empty(), true);
    }

    private Wanting reloadWith(Subscription asking) {
        return new Wanting(reload().subscriptions, Optional.of(asking), true);
    }

    /**
     * Falls back to the known subscriptions, because a lost identity must be noticed also while the store is down:
     * until then the user's UPDATE fails.
     */
    private Wanting reloadOrKeep() {
        try {
            return reload();
        } catch (StoreUnavailableException e) {
            return new Wanting(catalog.current(), Optional.empty(), false);
        }
    }

    /**
     * Proceeds without the lock when the store is down, since no other process changes the publications without it
     * either.
     */
    private boolean tryLock() {
        try {
            lock.take();
            return true;
        } catch (StoreUnavailableException e) {
            return false;
        }
    }

    private Outcome reconcile(Connection connection, Supplier<Wanting> reading, Predicate<SourceTable> droppable)
            throws SQLException {
        lock.take();
        try {
            return reconcileLocked(connection, reading, droppable);
        } finally {
            lock.release();
        }
    }

    private Outcome reconcileLocked(Connection connection, Supplier<Wanting> reading, Predicate<SourceTable> droppable)
            throws SQLException {
        Map<Kind, Published> before = publications.ensure(
                connection, StoreReply.await(store.id()), missing -> missingPublication.recordGap(connection, missing));
        // subscriptions are read under the lock, so that its last holder has seen everything committed before
        Wanting wanting = reading.get();
        List<SourceTable> tables = SourceTables.read(connection);
        Set<Long> needed = needed(wanting, tables);
        noteUnneeded(tables, needed);
        // discards relations that another process removed
        earlierWriters.track(connection, publishedRelations(tables, before));
        List<Move> moves = PublicationPlan.moves(
                tables,
                before,
                table -> needed.contains(table.oid()),
                table -> wanting.isUpToDate && droppable.test(table));
        List<Publications.Refused> refused = publications.apply(connection, moves);
        log(moves, refused);
        Map<Kind, Published> after = moves.isEmpty() ? before : publications.published(connection);
        if (!moves.isEmpty()) {
            earlierWriters.track(connection, publishedRelations(tables, after));
        }
        return new Outcome(wanting, tables, needed, after, refused);
    }

    /** Counts the tables whose updates PostgreSQL refuses because of a publication, wanted or not. */
    private static int failing(Outcome outcome) {
        return (int) outcome.tables.stream()
                .filter(table -> table.kind() == SourceTable.Kind.TABLE)
                .filter(table -> table.leaves().stream().anyMatch(leaf -> Loss.refusedNow(leaf, outcome.published)
                        .isPresent()))
                .count();
    }

    private static Set<Long> needed(Wanting wanting, List<SourceTable> tables) {
        return tables.stream().filter(wanting::includes).map(SourceTable::oid).collect(Collectors.toSet());
    }

    private void noteUnneeded(List<SourceTable> tables, Set<Long> needed) {
        Set<Long> unneeded = new HashSet<>();
        tables.forEach(table -> unneeded.add(table.oid()));
        unneeded.removeAll(needed);
        unneededSinceNanos.keySet().retainAll(unneeded);
        long now = System.nanoTime();
        unneeded.forEach(table -> unneededSinceNanos.putIfAbsent(table, now));
    }

    private boolean isUnneededForLong(SourceTable table) {
        Long since = unneededSinceNanos.get(table.oid());
        return since != null
                && System.nanoTime() - since > config.unneededTableStays().toNanos();
    }

    private static Set<Long> publishedRelations(List<SourceTable> tables, Map<Kind, Published> published) {
        return relations(tables.stream()
                .filter(table -> published.values().stream().anyMatch(publication -> publication.coversSome(table)))
                .toList());
    }

    private static Set<Long> relations(Collection<SourceTable> tables) {
        Set<Long> relations = new HashSet<>();
        tables.forEach(table -> relations.addAll(table.relationOids()));
        return relations;
    }

    private Future<Waiting> waitFor(Set<Long> relations, long deadline) {
        return worker.submit(connection -> new Waiting(
                        !ReplicationSlot.isReady(connection, config.slot()),
                        earlierWriters.findOpen(connection, relations)))
                .compose(waiting -> waiting.isOver() || System.nanoTime() > deadline
                        ? Future.succeededFuture(waiting)
                        : worker.submitAfter(CHECK_INTERVAL, connection -> 0)
                                .compose(again -> waitFor(relations, deadline)));
    }

    private List<Warning> warnings(Subscription subscription, Covered covered, Waiting waiting) {
        Outcome outcome = covered.outcome;
        List<Warning> warnings = new ArrayList<>();
        if (waiting.slotIsMissing) {
            warnings.add(new Warning(
                    "capture-not-ready",
                    "the replication slot does not exist yet: changes committed before it does are not sent",
                    "See capture in GET /v1/health for what it waits for."));
        }
        waiting.writers.forEach(writer -> warnings.add(new Warning(
                "earlier-writer",
                writer.describe() + ", open for " + writer.age().toSeconds()
                        + " s, wrote to the table before it was captured: its later changes may be missing",
                "Wait until it has ended, or end it: " + writer.endingSql())));
        Content content = subscription.settings().content();
        List<Warning> losses = lossWarnings(outcome).of(subscription).stream()
                .map(LossWarnings.Lost::warning)
                .toList();
        warnings.addAll(CoverageWarnings.of(subscription, outcome.tables, losses));
        subscription
                .selection()
                .filter()
                .map(filter -> new FilterWarnings(
                        filter,
                        CoverageWarnings.wantedOperations(subscription, outcome.tables),
                        covered.columns,
                        outcome.published,
                        publications))
                .ifPresent(filter -> warnings.addAll(filter.all()));
        ColumnWarnings columns = new ColumnWarnings(
                CoverageWarnings.wantedOperations(subscription, outcome.tables).keySet(), covered.columns);
        warnings.addAll(columns.ofTemplates(content.templateColumns()));
        warnings.addAll(columns.ofChoice(content.chosenColumns()));
        return warnings;
    }

    private static Warning notConfirmed(Throwable failure) {
        String detail =
                failure instanceof CannotCapture cannot ? cannot.detail() : String.valueOf(failure.getMessage());
        return new Warning(
                "capture-not-confirmed",
                "the tables may not be captured yet: " + detail,
                "Nexus keeps trying; see capture in GET /v1/health.");
    }

    /** Logs the moves. A refused move is retried every few seconds and logged only once. */
    private void log(List<Move> moves, List<Publications.Refused> refused) {
        Map<Move, String> reasons = new HashMap<>();
        refused.forEach(one -> reasons.put(one.move(), String.valueOf(one.why().getMessage())));
        for (Move move : moves) {
            String reason = reasons.get(move);
            if (reason == null) {
                LOG.infof("table moved table=%s steps=%s", move.table(), shown(move));
            } else if (!reason.equals(loggedRefusals.get(move))) {
                LOG.warnf("table not moved table=%s sql=%s reason=%s", move.table(), publications.sql(move), reason);
            }
        }
        loggedRefusals.clear();
        loggedRefusals.putAll(reasons);
    }

    private String shown(Move move) {
        return move.steps().stream().limit(SHOWN_STEPS).map(this::shown).collect(Collectors.joining(" "));
    }

    private String shown(Step step) {
        return (step.isAdded() ? "+" : "-") + publications.name(step.kind()) + ":" + step.relation();
    }
}
