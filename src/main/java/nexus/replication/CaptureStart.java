package nexus.replication;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import nexus.capture.SourceIdentity;
import nexus.capture.TransactionAssembler;
import nexus.capture.UndecodedChanges;
import nexus.capture.message.RefusedMessages;
import nexus.intake.EventIntake;
import nexus.notation.Sha256;
import nexus.notation.SqlState;
import nexus.pgoutput.Lsn;
import nexus.replication.catalog.CatalogKeeper;
import nexus.replication.catalog.UnknownRootGaps;
import nexus.replication.connection.StreamConnection;
import nexus.replication.position.GapNotice;
import nexus.replication.position.PositionCheck;
import nexus.replication.position.SourcePosition;
import nexus.replication.position.SourcePositionRepository;
import nexus.replication.position.SourcePositionRepository.Stored;
import nexus.replication.position.StoreIdentity;
import nexus.replication.position.TimelineHistory;
import nexus.replication.position.UnreadableTransaction;
import nexus.replication.publication.PublicationPlan.Kind;
import nexus.replication.publication.Publications;
import nexus.replication.publisher.TablePublisher;
import nexus.replication.slot.ReplicationSlot;
import nexus.replication.slot.SlotCreation;
import nexus.replication.slot.SlotDecision;
import nexus.replication.source.MissingRights;
import nexus.replication.source.SourceConfig;
import nexus.replication.source.SourceConnections;
import nexus.replication.source.SourceWorker;
import nexus.replication.source.SqlName;
import nexus.replication.state.CannotCapture;
import nexus.replication.state.CaptureReport;
import nexus.replication.state.CaptureState.Gap;
import nexus.replication.state.CaptureState.Status;
import nexus.replication.state.StoreReply;
import nexus.replication.state.StoreUnavailableException;
import nexus.replication.stream.BatchStoring;
import nexus.replication.stream.ChunkStream;
import nexus.replication.stream.CommitSearch;
import nexus.replication.stream.ReadBatch;
import nexus.replication.stream.ReplicationSession;
import nexus.replication.stream.UnannouncedTransaction;
import nexus.replication.stream.WalStream;
import nexus.replication.trouble.SourceTroubles;
import nexus.replication.trouble.StoreRefusals;
import nexus.store.NamedSql;
import org.jspecify.annotations.Nullable;

/**
 * Starts capture: brings the publications up to date, then opens the slot, then the stream (which has only one reader),
 * then takes over the position in the store, and finally checks for a gap.
 */
@Singleton
public class CaptureStart {
    /** The interval at which the creation of the slot is checked. */
    private static final Duration CHECK_INTERVAL = Duration.ofMillis(250);
    /** Rows up to this size are read unchanged, whatever {@code EVENT_MAX_BYTES} is. */
    private static final long SHORTEST_LIMIT = 1 << 20;

    private static final Duration SLOT_IS_FREE_WITHIN = Duration.ofSeconds(10);
    private static final Duration TRIAL_PAUSE = Duration.ofMillis(20);

    private static final String CURRENT_END = "SELECT pg_catalog.pg_current_wal_lsn()";
    private static final String SENDER_TIMEOUT =
            "SELECT setting::bigint AS millis FROM pg_catalog.pg_settings WHERE name = 'wal_sender_timeout'";
    private static final NamedSql PUBLICATIONS_THERE = NamedSql.of(
            "SELECT count(*) = 2 AS are_there FROM pg_catalog.pg_publication WHERE pubname IN (:changes, :inserts)",
            "changes",
            "inserts");

    private final SourceConfig config;
    private final SourceConnections connections;
    private final TablePublisher publisher;
    private final SourceWorker worker;
    private final StoreIdentity store;
    private final CatalogKeeper catalogKeeper;
    private final SourcePositionRepository positions;
    private final EventIntake intake;
    private final GapNotice gapNotice;
    private final SourceTroubles troubles;
    private final StoreRefusals refusals;
    private final CaptureReport report;
    private final MeterRegistry meters;
    private final Clock clock;
    private final Publications publications;
    private final RefusedMessages refused;
    private final UndecodedChanges undecoded;
    private Optional<UnreadableTransaction> leftOut = Optional.empty(); // used only by the reader's thread
    private boolean readsUnconverted; // used only by the reader's thread

    @Inject
    public CaptureStart(
            SourceConfig config,
            SourceConnections connections,
            TablePublisher publisher,
            SourceWorker worker,
            StoreIdentity store,
            CatalogKeeper catalogKeeper,
            SourcePositionRepository positions,
            EventIntake intake,
            GapNotice gapNotice,
            SourceTroubles troubles,
            StoreRefusals refusals,
            CaptureReport report,
            MeterRegistry meters,
            Clock clock) {
        this.config = config;
        this.connections = connections;
        this.publisher = publisher;
        this.worker = worker;
        this.store = store;
        this.catalogKeeper = catalogKeeper;
        this.positions = positions;
        this.intake = intake;
        this.gapNotice = gapNotice;
        this.troubles = troubles;
        this.refusals = refusals;
        this.report = report;
        this.meters = meters;
        this.clock = clock;
        this.publications = new Publications(config.publication());
        this.refused = new RefusedMessages(meters);
        this.undecoded = new UndecodedChanges(
                meters, (table, reason) -> troubles.add(SourceTroubles.Kind.UNDECODED, 1, table, reason));
        if (!config.slot().matches("[a-z0-9_]{1,63}")) {
            throw new IllegalArgumentException("NEXUS_SLOT must be 1 to 63 of a-z, 0-9 and _: " + config.slot());
        }
    }

    /**
     * Opens a session. May block for hours when the slot has to be created while a transaction stays open.
     *
     * @throws CannotCapture when this process, another one or the database has to change something first
     * @throws SQLException if the source failed; see {@link #explain}
     * @throws StoreUnavailableException if the store failed
     */
    ReplicationSession open(BooleanSupplier isStopped) throws SQLException {
        Connection ordinary = connections.openOrdinary();
        @Nullable StreamConnection replication = null;
        try {
            SlotDecision decision = decide(ordinary);
            // publications come first, because the slot cannot read changes from before they existed
            worker.call(publisher::prepare);
            Optional<String> newSlotBecause = carryOut(decision, ordinary, isStopped);
            replication = connections.openReplication(readsUnconverted);
            return start(ordinary, replication, newSlotBecause);
        } catch (SQLException | RuntimeException e) {
            ordinary.close();
            if (replication != null) {
                replication.abort();
            }
            throw e;
        }
    }

    /**
     * Lets the next {@link #open} avoid an error of the source: without conversion of texts if that may help, otherwise
     * by skipping this transaction, which is a gap.
     */
    void bypass(UnreadableTransaction transaction) {
        if (transaction.isAboutEncoding() && !readsUnconverted) {
            readsUnconverted = true;
        } else {
            leftOut = Optional.of(transaction);
        }
    }

    /**
     * Finds the transaction, so that {@link #bypass} can skip it alone.
     *
     * @return empty if no stream passes it, which may change with the next transaction
     */
    Optional<UnreadableTransaction> find(UnannouncedTransaction failed, BooleanSupplier isStopped) throws SQLException {
        try (Connection ordinary = connections.openOrdinary()) {
            Duration senderTimeout = senderTimeout(ordinary);
            Lsn end = currentEnd(ordinary);
            return CommitSearch.commit(failed.change(), end, from -> passes(from, end, senderTimeout, isStopped))
                    .map(commit -> new UnreadableTransaction(commit, failed.failure()));
        }
    }

    private static Lsn currentEnd(Connection ordinary) throws SQLException {
        try (Statement statement = ordinary.createStatement();
                ResultSet row = statement.executeQuery(CURRENT_END)) {
            row.next();
            return Lsn.parse(row.getString(1));
        }
    }

    private boolean passes(Lsn from, Lsn end, Duration senderTimeout, BooleanSupplier isStopped) throws SQLException {
        long deadline = System.nanoTime() + SLOT_IS_FREE_WITHIN.toNanos();
        while (true) {
            StreamConnection trial = connections.openReplication(readsUnconverted);
            try {
                trial.socket().shortenMessages(longestRow(), TransactionAssembler.PREFIXES);
                WalStream.start(trial, config.slot(), Optional.of(from), publicationNames(), senderTimeout)
                        .awaitTransactionOr(end, isStopped);
                return true;
            } catch (SQLException e) {
                if (UnreadableTransaction.isAboutAChange(e)) {
                    return false;
                }
                // the server may not have noticed yet that the stream before has ended
                if (!SqlState.is(e, SqlState.OBJECT_IN_USE)
                        || System.nanoTime() > deadline
                        || isStopped.getAsBoolean()) {
                    throw e;
                }
            } finally {
                trial.abort();
            }
            LockSupport.parkNanos(TRIAL_PAUSE.toNanos());
        }
    }

    /** Logs the counts since the last lines, if they are due; called at intervals. */
    void logRefusals() {
        refused.logCount();
        undecoded.logCount();
        refusals.logCount();
    }

    /** Completes once the counts of changes that could not be stored unchanged are saved. */
    Future<Void> saveTroubles() {
        return troubles.save();
    }

    private SlotDecision decide(Connection ordinary) throws SQLException {
        Optional<Stored> stored = StoreReply.await(positions.find(config.slot()));
        SlotDecision decision = SlotDecision.of(
                ReplicationSlot.read(ordinary, config.slot()),
                config.slot(),
                stored.isPresent(),
                stored.filter(Stored::isResetRequested).isPresent(),
                config.slotLost());
        if (decision instanceof SlotDecision.Wait(CannotCapture why)) {
            throw why;
        }
        return decision;
    }

    /** @return the reason for the new slot, if it replaces another one */
    private Optional<String> carryOut(SlotDecision decision, Connection ordinary, BooleanSupplier isStopped)
            throws SQLException {
        return switch (decision) {
            case SlotDecision.Use _ -> Optional.empty();
            case SlotDecision.Wait(CannotCapture why) -> throw why;
            case SlotDecision.Create _ -> {
                create(ordinary, isStopped);
                yield Optional.empty();
            }
            case SlotDecision.Replace(boolean dropOld, String because) -> {
                if (dropOld) {
                    ReplicationSlot.drop(ordinary, config.slot());
                }
                create(ordinary, isStopped);
                yield Optional.of(because);
            }
        };
    }

    private void create(Connection ordinary, BooleanSupplier isStopped) throws SQLException {
        report.setStatus(Status.CREATING, Optional.of("the slot is being created"));
        SlotCreation creation = SlotCreation.start(connections, config.slot());
        while (!creation.isDone()) {
            if (isStopped.getAsBoolean()) {
                creation.cancel();
                throw CannotCapture.standby("stopped while the slot was being created");
            }
            LockSupport.parkNanos(CHECK_INTERVAL.toNanos());
            report.setStatus(Status.CREATING, Optional.of(creation.describeWait(ordinary)));
        }
    }

    private ReplicationSession start(Connection ordinary, StreamConnection replication, Optional<String> newSlotBecause)
            throws SQLException {
        WalStream.SourceCluster cluster = WalStream.identify(replication.connection());
        replication.socket().shortenMessages(longestRow(), TransactionAssembler.PREFIXES);
        WalStream stream = WalStream.start(
                replication,
                config.slot(),
                leftOut.map(UnreadableTransaction::nextLsn),
                publicationNames(),
                senderTimeout(ordinary));
        SourcePosition position = takeOver(ordinary, cluster, stream, newSlotBecause);
        TimelineHistory history = cluster.history();
        SourceIdentity identity = new SourceIdentity(
                "default",
                cluster.systemId(),
                cluster.database(),
                stream.await(store.eventIdKey()),
                history::timelineOf);
        ChunkStream chunks = new ChunkStream();
        UnknownRootGaps unknownRoots = new UnknownRootGaps(gapNotice, config.slot(), clock);
        TransactionAssembler assembler = new TransactionAssembler(
                identity,
                catalogKeeper.open(ordinary, cluster.systemId(), stream, unknownRoots),
                position.point(),
                config.eventMaxBytes(),
                refused,
                undecoded,
                chunks);
        return new ReplicationSession(new ReplicationSession.Parts(
                stream,
                ordinary,
                assembler,
                new ReadBatch(position, config.batchMaxEvents(), config.batchMaxBytes()),
                new BatchStoring(intake, positions, refusals, position, Thread.currentThread()),
                report,
                chunks,
                next -> recordLostRest(stream, position, next),
                () -> {
                    if (!catalogKeeper.isSaved()) {
                        stream.await(catalogKeeper.save());
                    }
                    unknownRoots.report(stream);
                },
                config.advanceInterval(),
                meters.counter("nexus.capture.events"),
                meters.counter("nexus.capture.transactions")));
    }

    /** Twice the limit of an event, because the JSON of a row can be shorter than its message. */
    private int longestRow() {
        return (int) Math.clamp(2L * config.eventMaxBytes(), SHORTEST_LIMIT, Integer.MAX_VALUE);
    }

    /**
     * Takes over the position. The stream holds the slot now, so only this process moves it; afterwards only this
     * process moves the position too.
     */
    private SourcePosition takeOver(
            Connection ordinary, WalStream.SourceCluster cluster, WalStream stream, Optional<String> newSlotBecause)
            throws SQLException {
        String slot = config.slot();
        Lsn confirmed = confirmedFlush(ordinary);
        String optionsHash = optionsHash();
        stream.await(
                positions.create(slot, cluster.systemId(), cluster.history().current(), confirmed, optionsHash));
        Stored stored = stream.await(positions.takeOver(slot)).orElseThrow();
        if (stored.isResetRequested() && newSlotBecause.isEmpty()) {
            throw new SQLException("a reset was requested while the slot was opened");
        }
        PositionCheck check = PositionCheck.of(
                        stored,
                        new PositionCheck.Source(
                                cluster.systemId(),
                                cluster.history(),
                                confirmed,
                                cluster.end(),
                                optionsHash,
                                newSlotBecause),
                        clock.instant())
                .skip(leftOut, clock.instant());
        for (Gap gap : check.gaps()) {
            stream.await(gapNotice.report(slot, gap));
        }
        if (newSlotBecause.isPresent()
                || !check.position().equals(stored.position())
                || !optionsHash.equals(stored.optionsHash())) {
            stream.await(positions.move(check.position(), optionsHash, check.gaps()));
        }
        leftOut = Optional.empty();
        stream.await(positions.lastGap(slot)).ifPresent(report::setGap);
        return check.position();
    }

    private Lsn confirmedFlush(Connection ordinary) throws SQLException {
        return switch (ReplicationSlot.read(ordinary, config.slot())) {
            case ReplicationSlot.InUse inUse -> inUse.confirmedFlush();
            case ReplicationSlot.Free free -> free.confirmedFlush();
            case ReplicationSlot.Missing missing -> throw slotChanged();
            case ReplicationSlot.InCreation inCreation -> throw slotChanged();
            case ReplicationSlot.Invalidated invalidated -> throw slotChanged();
            case ReplicationSlot.Foreign foreign -> throw slotChanged();
        };
    }

    private static SQLException slotChanged() {
        return new SQLException("the slot changed while the stream was started", SqlState.OBJECT_IN_USE);
    }

    private void recordLostRest(WalStream stream, SourcePosition position, Lsn next) throws SQLException {
        Gap gap = new Gap(
                position.point().open().map(open -> open.commitLsn().toString()),
                Optional.of(next.toString()),
                Optional.empty(),
                clock.instant(),
                "the remaining changes of a partly stored transaction were not sent again");
        stream.await(gapNotice.reportAndRecord(config.slot(), gap));
    }

    /** The names of the publications in the notation of the stream's option. */
    private String publicationNames() {
        return (SqlName.quoted(publications.name(Kind.CHANGES)) + "," + SqlName.quoted(publications.name(Kind.INSERTS)))
                .replace("'", "''"); // the driver adds the outer quotes without escaping
    }

    /** Hash of the options on which ordinals depend, because other options give the same change another ordinal. */
    private String optionsHash() {
        String options = "proto_version=1 messages=true publication_names=" + publicationNames();
        return Sha256.hex(options);
    }

    private static Duration senderTimeout(Connection ordinary) throws SQLException {
        try (Statement statement = ordinary.createStatement();
                ResultSet row = statement.executeQuery(SENDER_TIMEOUT)) {
            row.next();
            return Duration.ofMillis(row.getLong("millis"));
        }
    }

    /** Explains an error of the source to an operator, if it needs more than a retry; otherwise empty. */
    Optional<CannotCapture> explain(SQLException error) {
        String state = SqlState.of(error);
        return switch (state) {
            case SqlState.OBJECT_IN_USE -> Optional.of(CannotCapture.standby("another process reads the slot"));
            case SqlState.DUPLICATE_OBJECT ->
                Optional.of(CannotCapture.standby("another process is creating the slot"));
            case SqlState.INSUFFICIENT_PRIVILEGE ->
                Optional.of(CannotCapture.blocked(error.getMessage() + "; " + rightsAdvice()));
            case SqlState.CONFIGURATION_LIMIT_EXCEEDED ->
                Optional.of(CannotCapture.blocked(
                        error.getMessage() + "; raise max_replication_slots, or drop an unused slot"));
            case SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE -> wrongState(error);
            case SqlState.UNDEFINED_OBJECT -> missingPublication();
            case SqlState.PROTOCOL_VIOLATION ->
                Optional.of(
                        CannotCapture.blocked(error.getMessage() + "; a connection pooler does not support replication:"
                                + " set SOURCE_DATABASE_URL to the direct port of PostgreSQL"));
            default ->
                state.startsWith("28")
                        ? Optional.of(CannotCapture.blocked(String.valueOf(error.getMessage())))
                        : Optional.empty();
        };
    }

    private String rightsAdvice() {
        try (Connection connection = connections.openOrdinary()) {
            return MissingRights.read(connection, publications.name(Kind.CHANGES), publications.name(Kind.INSERTS))
                    .advice();
        } catch (SQLException e) {
            return "./nexus doctor shows the missing right and how to grant it";
        }
    }

    /** Returns empty for an invalidated slot, which has the same SQLSTATE and is reported by the next start. */
    private Optional<CannotCapture> wrongState(SQLException error) {
        try (Connection connection = connections.openOrdinary()) {
            if (ReplicationSlot.read(connection, config.slot()) instanceof ReplicationSlot.Invalidated) {
                return Optional.empty();
            }
        } catch (SQLException e) {
            return Optional.empty(); // the next start reports it
        }
        return Optional.of(CannotCapture.blocked(error.getMessage()
                + "; if it is about wal_level: ALTER SYSTEM SET wal_level = 'logical', then restart PostgreSQL"));
    }

    /** Returns empty for a missing slot, which has the same SQLSTATE and is reported by the next start. */
    private Optional<CannotCapture> missingPublication() {
        String changes = publications.name(Kind.CHANGES);
        String inserts = publications.name(Kind.INSERTS);
        try (Connection connection = connections.openOrdinary();
                PreparedStatement statement = PUBLICATIONS_THERE.prepare(connection, changes, inserts)) {
            if (ReplicationSlot.read(connection, config.slot()) instanceof ReplicationSlot.Missing) {
                return Optional.empty();
            }
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return Optional.of(CannotCapture.lost("the publications " + List.of(changes, inserts)
                        + (row.getBoolean("are_there") ? " were" : " are")
                        + " missing at a change that the slot has to read"));
            }
        } catch (SQLException e) {
            return Optional.empty(); // the next start reports it
        }
    }
}
