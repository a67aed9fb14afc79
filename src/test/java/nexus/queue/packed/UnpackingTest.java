package nexus.queue.packed;

import static nexus.queue.owed.OwedRow.row;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;
import nexus.queue.notify.LiveLanes;
import nexus.queue.owed.OwedDelivery;
import nexus.queue.owed.PackedRow;
import nexus.queue.owed.Ready;
import nexus.queue.owed.Unpacker;
import nexus.testkit.TestPostgres;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The packed rows in memory, against a store that responds when the test lets it. */
class UnpackingTest {
    private final Store store = new Store();
    private final LiveLanes live = new LiveLanes();
    private final PackedInMemory packed = new PackedInMemory(live, 1);
    private final Unpacking unpacking = new Unpacking(TestPostgres.vertx(), store, packed);
    private final Map<Integer, Long> lowest = new ConcurrentHashMap<>(); // a repeated statement ends on another thread

    @Test
    void aLaneIsUncertainUntilItsPackedRowsAreKnownAndUnpacked() {
        unpacking.adopt(Map.of(1, 0L, 2, 0L));
        assertThat(packed.isUncertain(1)).isTrue();
        assertThat(packed.isUncertain(2)).isTrue();

        store.answer(Set.of(new PackedRow.Key(1, 10), new PackedRow.Key(1, 7)));
        assertThat(packed.isUncertain(1)).as("its rows are in packed rows").isTrue();
        assertThat(packed.isUncertain(2)).isFalse();
        unpack();
        assertThat(packed.isUncertain(1)).isTrue();
        assertThat(unpacking.isDue()).as("one statement at a time").isFalse();

        store.answer(null);
        assertThat(packed.isUncertain(1)).isFalse();
        assertThat(packed.isUnpacking()).isFalse();
        assertThat(lowest).containsExactly(Map.entry(1, 7L));
    }

    @Test
    void aPackedRowInMemoryIsUnpackedWhenOneOfItsDeliveriesIsDropped() {
        PackedRow row = packedRow(1, 1, 16);
        unpacking.sweep(Map.of(1, 0L));
        store.answer(Set.of(row.key()));
        assertThat(unpacking.isDue()).as("all of it is in memory").isFalse();

        packed.forgotten(List.of(delivery(row, 3)));
        packed.forgotten(List.of(delivery(row, 4)));
        unpack();
        assertThat(store.unpacked).containsExactly(row.key());
        assertThat(row.isPacked()).isTrue();
        store.answer(null);
        assertThat(row.isPacked()).isFalse();
        assertThat(lowest).containsExactly(Map.entry(1, 1L));

        packed.forgotten(List.of(delivery(row, 5)));
        assertThat(unpacking.isDue()).as("it is unpacked").isFalse();
    }

    @Test
    void whatIsDroppedDuringAStatementIsUnpackedByTheNext() {
        PackedRow first = packedRow(1, 1, 16);
        PackedRow second = packedRow(2, 100, 16);
        packed.forgotten(List.of(delivery(first, 1)));
        unpack();
        packed.forgotten(List.of(delivery(second, 100)));
        assertThat(unpacking.isDue()).isFalse();
        store.answer(null);
        assertThat(unpacking.isDue()).isTrue();
        unpack();
        assertThat(store.unpacked).containsExactly(second.key());
    }

    @Test
    void aFailedStatementIsRepeated() throws InterruptedException {
        PackedRow row = packedRow(1, 1, 16);
        packed.forgotten(List.of(delivery(row, 1)));
        unpack();
        store.fail();
        assertThat(packed.isUncertain(1)).isTrue();
        assertThat(unpacking.isDue()).as("not at once").isFalse();
        waitUntil(() -> !store.answers.isEmpty());
        store.answer(null);
        waitUntil(() -> !lowest.isEmpty());
        assertThat(lowest).containsExactly(Map.entry(1, 1L));
    }

    @Test
    void aLaneThatLeavesDeliveriesToTheStoreGetsNoPackedRows() {
        packed.taken(1, PackedRow.SHORTEST);
        packed.taken(2, PackedRow.SHORTEST - 1);
        assertThat(live.now().lanes()).containsExactly(1);
        unpacking.poll(Map.of(1, 0L, 2, 0L)); // it took one since the last poll
        store.answer(Set.of());
        assertThat(live.now().lanes()).containsExactly(1);
        unpacking.poll(Map.of(1, 0L, 2, 0L));
        store.answer(Set.of());
        assertThat(live.now().lanes()).isEmpty();
        unpacking.poll(Map.of(1, 0L, 2, 0L));
        assertThat(store.answers).as("there can be none").isEmpty();
    }

    private static void waitUntil(BooleanSupplier isSo) throws InterruptedException {
        for (int i = 0; i < 1000 && !isSo.getAsBoolean(); i++) {
            Thread.sleep(20);
        }
    }

    private void unpack() {
        unpacking.unpack().onSuccess(lowest::putAll);
    }

    private PackedRow packedRow(int lane, long firstSeq, int count) {
        PackedRow row = new PackedRow(
                lane, LongStream.range(firstSeq, firstSeq + count).boxed().toList());
        packed.stored(LongStream.range(firstSeq, firstSeq + count)
                .mapToObj(seq -> new Ready(delivery(row, seq), null))
                .toList());
        return row;
    }

    private static OwedDelivery delivery(PackedRow in, long seq) {
        return row(seq).lane(in.key().lane()).place(in).build();
    }

    /** Responds to one statement after the other. */
    private static final class Store implements Unpacker {
        final Deque<Promise<Set<PackedRow.Key>>> answers = new ConcurrentLinkedDeque<>();
        Set<PackedRow.Key> unpacked = Set.of(); // by the last statement

        void answer(@Nullable Set<PackedRow.Key> found) {
            answers.remove().complete(found);
        }

        void fail() {
            answers.remove().fail("the store is away");
        }

        private Future<Set<PackedRow.Key>> later() {
            Promise<Set<PackedRow.Key>> answer = Promise.promise();
            answers.add(answer);
            return answer.future();
        }

        @Override
        public Future<Set<PackedRow.Key>> of(Map<Integer, Long> oldestOpenByLane) {
            return later();
        }

        @Override
        public Future<Void> unpack(Collection<PackedRow.Key> rows) {
            unpacked = Set.copyOf(rows);
            return later().mapEmpty();
        }

        @Override
        public Future<Void> unpackLane(int lane) {
            return later().mapEmpty();
        }
    }
}
