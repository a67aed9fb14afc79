package nexus.dispatch;

import static nexus.dispatch.OwedRow.fresh;
import static nexus.dispatch.OwedRow.row;
import static nexus.testkit.TestPostgres.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import nexus.event.EventId;
import nexus.intake.EventIntake;
import nexus.intake.OwnEvents;
import nexus.queue.lease.DeliveryLease;
import nexus.queue.lease.LeaseConfig;
import nexus.queue.lease.LeaseMeters;
import nexus.queue.lease.Term;
import nexus.queue.notify.LiveLanes;
import nexus.queue.notify.OwedSignal;
import nexus.queue.owed.DueCursor;
import nexus.queue.owed.KeyCursor;
import nexus.queue.owed.KeyRun;
import nexus.queue.owed.OwedBody;
import nexus.queue.owed.OwedDelivery;
import nexus.queue.owed.OwedQueue;
import nexus.queue.owed.OwedRuns;
import nexus.queue.owed.StripeCursor;
import nexus.queue.process.ThisMachine;
import nexus.queue.settle.Outcome;
import nexus.queue.settle.Settlement;
import nexus.store.Store;
import nexus.subscription.Subscriptions;
import nexus.subscription.catalog.SubscriptionCatalog;
import nexus.subscription.catalog.SubscriptionRepository;
import nexus.testkit.Configs;
import nexus.testkit.ScriptedReceiver;
import nexus.testkit.SubscriptionRows;
import nexus.testkit.TestPostgres;
import nexus.testkit.TestSubscription;
import nexus.trace.Tracing;
import nexus.webhook.WebhookSender;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is started, and in which order, when the store takes its time to answer. */
class LaneReaderTest {
    private static final int LANE = 1;
    private static final Vertx VERTX = TestPostgres.vertx();

    private final ScriptedReceiver receiver = ScriptedReceiver.start();
    private final Store store = new Store(VERTX, TestPostgres.storeConfig("postgresql://nobody@127.0.0.1:9/none"));
    private final SlowQueue queue = new SlowQueue(store);
    private final WebhookSender sender = DeliveringProcess.sender("test");
    private final DispatchTools tools = tools();
    private final Lanes lanes = new Lanes(tools.config());
    private final BlockingQueue<Outcome> outcomes = new LinkedBlockingQueue<>();
    private final DeliverySending sending = new DeliverySending(tools, new Term(1, 1), lanes, outcomes::add);
    private final FoldedRuns folded = new FoldedRuns(tools, new LiveLanes(), 1, (lane, lowestSeq) -> {});
    private final LaneReader reader = new LaneReader(tools, lanes, folded, sending);

    @AfterEach
    void close() {
        sender.close();
        store.close();
        receiver.close();
    }

    /** The read sees the second behind the first, which is settled meanwhile, and does not see the third. */
    @Test
    void whatBecameOwedDuringAReadWaitsForTheRowOfItsKeyThatTheReadPassedOver() {
        OwedDelivery first = row(1).key(7).build();
        OwedDelivery second = row(2).key(7).build();
        OwedDelivery third = row(3).key(7).build();
        Lane lane = deliverAlone(first);
        onLoop(() -> {
            lane.cursor.rewindToNew(2);
            reader.turnSoon();
        });
        Promise<List<OwedDelivery>> read = next(queue.reads);
        onLoop(() -> {
            settle(lane, first);
            assertThat(reader.handOver(lane, List.of(fresh(third)))).isEqualTo(Long.MAX_VALUE);
        });

        onLoop(() -> read.complete(List.of(row(2).key(7).behind().build())));

        Promise<List<KeyRun>> lookUp = next(queue.lookUps);
        onLoop(() -> lookUp.complete(List.of(new KeyRun(LANE, 7, List.of(second, third)))));
        Outcome delivered = next(outcomes);
        assertThat(delivered.delivery()).isEqualTo(second);
        assertThat(receiver.received()).hasSize(2);
        onLoop(() -> reader.delivered(second));
        assertThat(next(outcomes).delivery()).isEqualTo(third);
        assertThat(receiver.received().stream().map(one -> one.header("webhook-id")))
                .containsExactly(id(first), id(second), id(third));
    }

    @Test
    void whatBecameOwedDuringAReadThatSawAllElseStartsAfterItWithoutBeingRead() {
        OwedDelivery first = row(1).key(7).build();
        Lane lane = deliverAlone(first);
        onLoop(() -> {
            lane.cursor.rewindToNew(2);
            reader.turnSoon();
        });
        Promise<List<OwedDelivery>> read = next(queue.reads);
        OwedDelivery second = row(2).key(8).build();
        OwedDelivery third = row(3).key(9).build();
        onLoop(() -> reader.handOver(lane, List.of(fresh(second))));
        onLoop(() -> reader.handOver(lane, List.of(fresh(third))));
        assertThat(receiver.received()).hasSize(1);

        onLoop(() -> read.complete(List.of(second)));

        OwedDelivery one = next(outcomes).delivery();
        assertThat(List.of(one, next(outcomes).delivery())).containsExactlyInAnyOrder(second, third);
        assertThat(queue.bodiesRead).as("they came with what they send").containsExactly(first.eventId());
        assertThat(queue.reads).isEmpty();
    }

    /** Everything is looked at, and nothing else is owed. */
    private Lane deliverAlone(OwedDelivery row) {
        onLoop(() -> {
            lanes.own(Set.of(LANE), Set.of());
            lanes.adopt(new Subscriptions(
                    1,
                    List.of(TestSubscription.ofLane(LANE)
                            .endpoint(receiver.uri().toString())
                            .build())));
            reader.turnSoon();
        });
        Promise<List<OwedDelivery>> read = next(queue.reads);
        onLoop(() -> read.complete(List.of(row)));
        assertThat(next(outcomes).delivery()).isEqualTo(row);
        return Objects.requireNonNull(lanes.of(LANE));
    }

    private void settle(Lane lane, OwedDelivery row) {
        lanes.ended(row);
        reader.settled(List.of(row), lane.settled(row, true));
    }

    /** Done there, and what it asks to be done later as well. */
    private void onLoop(Runnable action) {
        Promise<Void> done = Promise.promise();
        sender.context().runOnContext(ignored -> {
            try {
                action.run();
                sender.context().runOnContext(later -> done.complete());
            } catch (RuntimeException | Error e) {
                done.fail(e);
            }
        });
        await(done.future());
    }

    private static <T> T next(BlockingQueue<T> from) {
        try {
            return Objects.requireNonNull(from.poll(10, TimeUnit.SECONDS), "nothing came");
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String id(OwedDelivery row) {
        return new EventId(row.eventId()).toString();
    }

    private DispatchTools tools() {
        SubscriptionRepository repository = SubscriptionRows.repository(store);
        SubscriptionCatalog catalog = new SubscriptionCatalog(repository);
        EventIntake intake = new EventIntake(store, catalog, new OwedSignal(), Clock.systemUTC(), Tracing.off());
        return new DispatchTools(
                VERTX,
                queue,
                new OwedRuns(store),
                new Settlement(store),
                new HeldLease(store),
                catalog,
                repository,
                sender,
                new OwnEvents(intake, Clock.systemUTC(), new Random(13)),
                new DispatchMeters(new SimpleMeterRegistry()),
                Configs.of(DeliveryConfig.class, "nexus.delivery.max-age=100000d"),
                Clock.systemUTC(),
                new Random(11));
    }

    private static final class HeldLease extends DeliveryLease {
        HeldLease(Store store) {
            super(store, Configs.of(LeaseConfig.class), new LeaseMeters(new SimpleMeterRegistry()), new ThisMachine());
        }

        @Override
        public boolean isHeld() {
            return true;
        }

        @Override
        public boolean isHeld(Term asked) {
            return true;
        }
    }

    /** Has no retries, and answers reads and look-ups when the test says so. */
    private static final class SlowQueue extends OwedQueue {
        final BlockingQueue<Promise<List<OwedDelivery>>> reads = new LinkedBlockingQueue<>();
        final BlockingQueue<Promise<List<KeyRun>>> lookUps = new LinkedBlockingQueue<>();
        final BlockingQueue<UUID> bodiesRead = new LinkedBlockingQueue<>();

        SlowQueue(Store store) {
            super(store);
        }

        @Override
        public Future<List<OwedDelivery>> take(Collection<StripeCursor> cursors) {
            Promise<List<OwedDelivery>> read = Promise.promise();
            reads.add(read);
            return read.future();
        }

        @Override
        public Future<List<KeyRun>> successors(Collection<KeyCursor> keys) {
            Promise<List<KeyRun>> lookUp = Promise.promise();
            lookUps.add(lookUp);
            return lookUp.future();
        }

        @Override
        public Future<List<OwedDelivery>> takeDue(Collection<DueCursor> cursors, Instant now) {
            return Future.succeededFuture(List.of());
        }

        @Override
        public Future<Map<Integer, Instant>> nextDue(Collection<Integer> of, Instant now) {
            return Future.succeededFuture(Map.of());
        }

        @Override
        public Future<Map<UUID, OwedBody>> bodies(Collection<OwedDelivery> deliveries) {
            Map<UUID, OwedBody> bodies = new HashMap<>();
            for (OwedDelivery delivery : deliveries) {
                bodiesRead.add(delivery.eventId());
                bodies.put(delivery.eventId(), fresh(delivery).body());
            }
            return Future.succeededFuture(bodies);
        }
    }
}
