package nexus.replication;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import nexus.event.IncomingEvent;
import nexus.intake.Along;
import nexus.intake.Checkpoint;
import nexus.intake.EventIntake;
import nexus.intake.EventRefusal;
import nexus.intake.OwnEvents;
import nexus.liveness.LoopHeartbeats;
import nexus.process.ProcessConfig;
import nexus.process.Role;
import nexus.queue.notify.OwedSignal;
import nexus.replication.catalog.CatalogKeeper;
import nexus.replication.catalog.CatalogRepository;
import nexus.replication.coverage.CoverageWatch;
import nexus.replication.coverage.SourceCoverageRepository;
import nexus.replication.position.GapNotice;
import nexus.replication.position.SourcePositionRepository;
import nexus.replication.position.StoreIdentity;
import nexus.replication.publication.PublicationLock;
import nexus.replication.publisher.MissingPublication;
import nexus.replication.publisher.TablePublisher;
import nexus.replication.slot.SlotGuardian;
import nexus.replication.source.SourceConfig;
import nexus.replication.source.SourceConnections;
import nexus.replication.source.SourceWorker;
import nexus.replication.state.CaptureReport;
import nexus.replication.state.CaptureState.Status;
import nexus.replication.state.CaptureStatus;
import nexus.replication.stream.LagSampler;
import nexus.replication.trouble.SourceTroubleRepository;
import nexus.replication.trouble.SourceTroubles;
import nexus.replication.trouble.StoreRefusals;
import nexus.shape.MaskKey;
import nexus.store.PostgresUrl;
import nexus.store.Rows;
import nexus.store.Store;
import nexus.subscription.Subscription;
import nexus.subscription.catalog.CatalogChanges;
import nexus.subscription.catalog.SubscriptionCatalog;
import nexus.subscription.catalog.SubscriptionRepository;
import nexus.testkit.Eventually;
import nexus.testkit.TestCipher;
import nexus.testkit.TestPostgres;
import nexus.testkit.TestSubscription;
import nexus.trace.Tracing;

/** The capturing part of one process, put together by hand. Store and source are one database, as by default, unless a test says otherwise. */
public final class CapturingProcess implements AutoCloseable {
    private static final AtomicInteger LANES = new AtomicInteger();

    public final String url;
    public final Wanted wanted;
    public final InterruptibleIntake intake;
    public final CaptureStatus status;
    public final TablePublisher publisher;
    public final ReplicationReader reader;
    public final SourceReset reset;
    private final Store store;
    private final SourceWorker worker;

    public CapturingProcess(String url, String... eventTypes) {
        this(url, 2000, eventTypes);
    }

    public CapturingProcess(String url, int batchMaxEvents, String... eventTypes) {
        this(url, new Settings(url, batchMaxEvents), eventTypes);
    }

    /** With a source of its own. */
    public CapturingProcess(String url, String sourceUrl, int batchMaxEvents, String... eventTypes) {
        this(url, new Settings(sourceUrl, batchMaxEvents), eventTypes);
    }

    public CapturingProcess(String url, Settings config, String... eventTypes) {
        Clock clock = Clock.systemUTC();
        Vertx vertx = TestPostgres.vertx();
        this.url = url;
        this.store = new Store(vertx, TestPostgres.storeConfig(url));
        this.wanted = new Wanted(store, eventTypes);
        SubscriptionCatalog catalog = new SubscriptionCatalog(wanted);
        TestPostgres.await(catalog.reload());
        this.intake = new InterruptibleIntake(store, catalog, clock);
        this.status = new CaptureStatus(clock);
        SourceConnections connections = new SourceConnections(PostgresUrl.parse(config.url()));
        this.worker = new SourceWorker(connections);
        CaptureReport report = new CaptureReport(status, clock);
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        OwnEvents ownEvents = new OwnEvents(intake, clock, new Random(1));
        SourcePositionRepository positions = new SourcePositionRepository(store);
        GapNotice gapNotice = new GapNotice(ownEvents, positions, report, meters);
        SourceTroubles troubles = new SourceTroubles(config, new SourceTroubleRepository(store), clock);
        this.publisher = new TablePublisher(
                config,
                worker,
                catalog,
                new StoreIdentity(store),
                new PublicationLock(store),
                new MissingPublication(config, positions, gapNotice, clock),
                new CoverageWatch(config, ownEvents, new SourceCoverageRepository(store), report));
        CatalogKeeper catalogKeeper = new CatalogKeeper(config, new CatalogRepository(store), clock);
        CaptureStart start = new CaptureStart(
                config,
                connections,
                publisher,
                worker,
                new StoreIdentity(store),
                catalogKeeper,
                positions,
                intake,
                gapNotice,
                troubles,
                new StoreRefusals(config, troubles, gapNotice, meters, clock),
                report,
                meters,
                clock);
        this.reader = new ReplicationReader(
                new CaptureOnly(),
                config,
                start,
                worker,
                publisher,
                new LagSampler(config, report, clock),
                new SlotGuardian(config, report, ownEvents, clock),
                catalogKeeper,
                report,
                new LoopHeartbeats(),
                new Random(1));
        this.reset = new SourceReset(config, worker, positions, report, reader);
    }

    /** Each database has a slot of its own: slots are the cluster's. */
    public static String slot(String url) {
        return "slot_" + PostgresUrl.parse(url).database();
    }

    public CapturingProcess started() {
        reader.start();
        return this;
    }

    public CapturingProcess streaming() {
        return started().in(Status.STREAMING);
    }

    public CapturingProcess in(Status expected) {
        try {
            Eventually.eventually(
                    "capture is " + expected, () -> status.current().status() == expected);
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + ", but: " + status.current(), e);
        }
        return this;
    }

    /** Type and payload of the row changes stored, in the order in which they were. */
    public static List<String> stored(String url) {
        return TestPostgres.query(url, """
                SELECT type || ' ' || coalesce(convert_from(body, 'UTF8')::jsonb #>> '{payload,data,record,id}', '-')
                FROM nexus.event WHERE type LIKE 'pg.%' ORDER BY seq""");
    }

    public void hasStored(int events) {
        Eventually.eventually(events + " events stored", () -> stored(url).size() >= events);
    }

    /** As if the network broke: the server ends the stream. */
    public void loseConnection() {
        TestPostgres.query(
                url,
                "SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = '" + slot(url)
                        + "'");
    }

    /** Also where there is none. */
    public static void dropSlot(String url) {
        String ofIt = " FROM pg_replication_slots WHERE slot_name = '" + slot(url) + "'";
        Eventually.eventually("the slot is gone", () -> {
            TestPostgres.query(url, "SELECT pg_drop_replication_slot(slot_name)" + ofIt + " AND NOT active");
            return TestPostgres.query(url, "SELECT slot_name" + ofIt).isEmpty();
        });
    }

    @Override
    public void close() {
        reader.stop();
        worker.close();
    }

    /** What is subscribed to; the version in the store changes with it. */
    public static final class Wanted extends SubscriptionRepository {
        private final Store store;
        private volatile List<Subscription> subscriptions;

        Wanted(Store store, String... eventTypes) {
            super(store, TestCipher.INSTANCE);
            this.store = store;
            this.subscriptions = List.of(subscription(eventTypes));
        }

        @Override
        public Future<CatalogChanges> changesSince(long known) {
            List<Subscription> now = subscriptions;
            return store.api()
                    .query("SELECT catalog_version FROM store")
                    .execute()
                    .map(rows -> CatalogChanges.whole(
                            Rows.only(rows).getLong("catalog_version"), new MaskKey(new byte[32]), now));
        }

        public Subscription change(String url, String... eventTypes) {
            Subscription subscription = subscription(eventTypes);
            subscriptions = List.of(subscription);
            TestPostgres.execute(url, "UPDATE nexus.store SET catalog_version = catalog_version + 1");
            return subscription;
        }
    }

    public static Subscription subscription(String... eventTypes) {
        return TestSubscription.ofLane(LANES.incrementAndGet())
                .endpoint("https://example.com/hook")
                .to(eventTypes)
                .build();
    }

    /** The real intake, with something in between when a test wants it. */
    public static final class InterruptibleIntake extends EventIntake {
        private volatile UnaryOperator<Future<Boolean>> answer = UnaryOperator.identity();
        public final AtomicInteger batches = new AtomicInteger();

        InterruptibleIntake(Store store, SubscriptionCatalog catalog, Clock clock) {
            super(store, catalog, new OwedSignal(), clock, Tracing.off());
        }

        /** What the reader gets to hear of the next batches. */
        public void answering(UnaryOperator<Future<Boolean>> changed) {
            answer = changed;
        }

        @Override
        public Future<Boolean> capture(
                List<IncomingEvent> events, List<Along> along, Checkpoint checkpoint, EventRefusal.Listener refusals) {
            if (!events.isEmpty()) { // else the position alone is moved, whenever something else has written
                batches.incrementAndGet();
            }
            return answer.apply(super.capture(events, along, checkpoint, refusals));
        }
    }

    private static final class CaptureOnly implements ProcessConfig {
        @Override
        public Set<Role> roles() {
            return Set.of(Role.CAPTURE);
        }

        @Override
        public Duration shutdownTimeout() {
            return Duration.ofSeconds(4);
        }

        @Override
        public boolean embedded() {
            return false;
        }
    }

    /** What a test may want otherwise is overridden by it. */
    static class Settings implements SourceConfig {
        private final String url;
        private final int batchMaxEvents;

        Settings(String url, int batchMaxEvents) {
            this.url = url;
            this.batchMaxEvents = batchMaxEvents;
        }

        @Override
        public String url() {
            return url;
        }

        @Override
        public String slot() {
            return CapturingProcess.slot(url);
        }

        @Override
        public String publication() {
            return "nexus";
        }

        @Override
        public int eventMaxBytes() {
            return 1 << 20;
        }

        @Override
        public int batchMaxEvents() {
            return batchMaxEvents;
        }

        @Override
        public long batchMaxBytes() {
            return 1 << 20;
        }

        @Override
        public Duration advanceInterval() {
            return Duration.ofMillis(500);
        }

        @Override
        public Duration coverTimeout() {
            return Duration.ofSeconds(2);
        }

        @Override
        public Duration guardInterval() {
            return Duration.ofMillis(200);
        }

        @Override
        public Duration unneededTableStays() {
            return Duration.ofMillis(300);
        }

        @Override
        public SlotLost slotLost() {
            return SlotLost.STOP;
        }

        @Override
        public Duration stuckAfter() {
            return Duration.ofMillis(500);
        }

        @Override
        public OptionalLong slotMaxLag() {
            return OptionalLong.empty();
        }

        @Override
        public Duration slotLookInterval() {
            return Duration.ofMillis(200);
        }

        @Override
        public long lagWarnBytes() {
            return 1L << 40;
        }

        @Override
        public Duration lagWarnAfter() {
            return Duration.ofMinutes(5);
        }
    }
}
