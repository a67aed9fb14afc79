package nexus.queue.backlog;

import static nexus.queue.owed.OwedRow.row;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import nexus.event.EventType;
import nexus.queue.lease.Holding;
import nexus.queue.lease.Term;
import nexus.queue.notify.LiveLanes;
import nexus.queue.notify.OwedRows;
import nexus.queue.order.KeyOrder;
import nexus.queue.owed.DueCursor;
import nexus.queue.owed.KeyCursor;
import nexus.queue.owed.KeyQueue;
import nexus.queue.owed.KeySlices;
import nexus.queue.owed.OwedBody;
import nexus.queue.owed.OwedDelivery;
import nexus.queue.owed.OwedReads;
import nexus.queue.owed.OwedRow;
import nexus.queue.owed.PackedRow;
import nexus.queue.owed.Ready;
import nexus.queue.owed.SliceCursor;
import nexus.queue.owed.Unpacker;
import nexus.queue.owed.Watermark;
import nexus.queue.settle.Outcome;
import nexus.queue.settle.Settling;
import nexus.testkit.TestPostgres;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The backlog of two lanes against a model of the store that answers late, in any order, and with what was so when it was
 * asked. Whatever happens, of each ordering key one delivery is taken at a time, in the order of their seqs, none twice,
 * and in the end nothing is left behind.
 */
class StoredBacklogModelTest {
    private static final Term TERM = new Term(1, 1);
    private static final List<Integer> LANES = List.of(1, 2);
    /** Fewer than make the writer wait for more. */
    private static final int MOST_UNWRITTEN = 12;

    @Test
    void eachKeyIsTakenInOrderOneAtATimeAndNothingIsForgotten() {
        for (int seed = 0; seed < 300; seed++) {
            new Run(seed, row -> false).toTheEnd();
        }
    }

    /** Notifications get lost, and what a poll does not find, a sweep does. */
    @Test
    void whatNoSignalTellsOfIsFoundAllTheSame() {
        for (int seed = 1000; seed < 1200; seed++) {
            Random lost = new Random(seed);
            new Run(seed, row -> lost.nextInt(3) == 0).toTheEnd();
        }
    }

    /** Order holds in a batch and after it, and a batch that failed is taken again with the same members. */
    @Test
    void batchesKeepTheOrderOfKeysAndTheirMembers() {
        for (int seed = 2000; seed < 2300; seed++) {
            Random lost = new Random(seed);
            new Run(
                            seed,
                            row -> lost.nextInt(5) == 0,
                            new LaneRules.Batch(2 + seed % 9, 1000, Duration.ofMillis(seed % 3 * 400L)))
                    .toTheEnd();
        }
    }

    @Test
    void aBatchIsTakenWhenItIsFullOrWhenItsOldestDeliveryHasWaitedLongEnough() {
        Run run = known(new LaneRules.Batch(3, 1000, Duration.ofSeconds(1)));
        List<Long> seqs = run.enqueueHere(1, 101, 101, 102, 103);
        run.signal();
        run.turn(Room.open(4));
        assertThat(run.underWay.keySet()).containsExactlyElementsOf(seqs.subList(0, 3));
        assertThat(run.backlog.nextDue(run.now)).isEqualTo(run.now.plusSeconds(1));

        run.now = run.now.plusMillis(999);
        run.turn(Room.open(4));
        assertThat(run.underWay).hasSize(3);
        run.now = run.now.plusMillis(1);
        run.turn(Room.open(4));
        assertThat(run.underWay.keySet()).containsExactlyElementsOf(seqs);
        assertThat(run.asked).as("reads of the store").isZero();
    }

    @Test
    void aBatchIsNeverLargerThanItsBytesAndOneDeliveryMayBe() {
        Run run = known(new LaneRules.Batch(100, 5, Duration.ZERO));
        run.enqueueHere(1, 101, 102, 103);
        run.signal();
        run.turn(Room.open(1));
        assertThat(run.underWay).as("two bytes each, and separators").hasSize(1);
    }

    @Test
    void whatHasJustBecomeOwedIsTakenWithoutAskingTheStoreOnceTheLaneIsKnown() {
        Run run = known();
        List<Long> seqs = run.enqueueHere(1, 101, 102, 103);
        run.signal();
        run.turn(Room.open(4));
        assertThat(run.underWay.keySet()).containsExactlyElementsOf(seqs);
        assertThat(run.asked).isZero();
    }

    @Test
    void whatBecomesOwedDuringAReadIsTakenAfterItWithTheBodyItCameWith() {
        Run run = known();
        run.backlog.owed(new OwedRows(Map.of(1, run.lastSeq + 1), false)); // as another process may say
        run.turn(Room.open(4));
        List<Long> seqs = run.enqueueHere(1, 101, 102);
        run.signal();
        run.turn(Room.open(4));
        assertThat(run.underWay).as("the read is under way").isEmpty();

        while (!run.answers.isEmpty()) {
            run.answerOfStore();
        }
        run.turn(Room.open(4));
        assertThat(run.underWay.keySet()).containsExactlyElementsOf(seqs);
        assertThat(run.bodiesAsked).isZero();
    }

    /** Everything is read, and what was owed is settled. */
    private static Run known() {
        return known(null);
    }

    private static Run known(LaneRules.@Nullable Batch batch) {
        Run run = new Run(0, row -> false, batch);
        run.isCalm = true;
        run.enqueueHere(1, 101);
        for (int i = 0; i < 200; i++) {
            run.signal();
            run.turn(Room.open(4));
            run.finish();
            run.answerOfStore();
            run.now = run.now.plusMillis(batch == null ? 0 : 100);
        }
        assertThat(run.store).isEmpty();
        assertThat(run.answers).isEmpty();
        run.asked = 0;
        run.bodiesAsked = 0;
        return run;
    }

    private record Stored(
            int lane,
            long seq,
            long key,
            long otherKey,
            boolean isBarrier,
            int attempts,
            Instant due,
            Instant visibleAt) {
        boolean isOf(long asked) {
            return key == asked || otherKey == asked;
        }

        Stored retriedAt(Instant next) {
            return new Stored(lane, seq, key, otherKey, isBarrier, attempts + 1, next, visibleAt);
        }

        boolean isDue() {
            return !due.equals(Instant.MIN);
        }
    }

    private static final class Run implements OwedReads, Unpacker, Settling, Tenancy, Deliverer {
        final String name;
        final Random random;
        final Predicate<Long> isLost; // the signal of what has this seq
        final LaneRules.@Nullable Batch batch;
        final List<List<Ready>> batches = new ArrayList<>(); // under way
        final Map<Long, Stored> store = new TreeMap<>();
        final Map<Long, Ready> underWay = new LinkedHashMap<>();
        final Set<Long> answered = new HashSet<>(); // taken and not written
        final Set<Long> settled = new HashSet<>();
        final List<Runnable> answers = new ArrayList<>(); // of the store, under way
        final Deque<Runnable> signals = new ArrayDeque<>(); // in the order of commits
        final StoredBacklog backlog;
        Instant now = Instant.parse("2026-01-31T18:20:43Z");
        long lastSeq;
        int unwritten;
        int asked; // of the store, so many times
        int bodiesAsked;
        int answeredBatches;
        boolean isCalm;

        Run(int seed, Predicate<Long> isLost) {
            this(seed, isLost, null);
        }

        Run(int seed, Predicate<Long> isLost, LaneRules.@Nullable Batch batch) {
            this.batch = batch;
            this.name = "seed " + seed;
            this.random = new Random(seed);
            this.isLost = isLost;
            Clock clock = new Clock() {
                @Override
                public ZoneId getZone() {
                    return ZoneOffset.UTC;
                }

                @Override
                public Clock withZone(ZoneId zone) {
                    return this;
                }

                @Override
                public Instant instant() {
                    return now;
                }
            };
            backlog = new StoredBacklog(
                    new StoredBacklog.Parts(
                            TestPostgres.vertx(),
                            this,
                            this,
                            this,
                            new LiveLanes(),
                            new BacklogMeters(new SimpleMeterRegistry()),
                            clock),
                    TERM,
                    this,
                    new BacklogBounds(1000, 1 << 20, 500, Duration.ofSeconds(30)),
                    this);
            backlog.hold(new Holding(TERM, 1, IntStream.range(0, 64).boxed().collect(Collectors.toSet()), Set.of()));
            backlog.serve(LANES.stream()
                    .map(lane -> new LaneRules(lane, true, Integer.MAX_VALUE, batch, now -> Instant.MIN))
                    .toList());
        }

        void toTheEnd() {
            for (int i = 0; i < 500; i++) {
                switch (random.nextInt(14)) {
                    case 0, 1 -> enqueue();
                    case 2 -> now = now.plusMillis(random.nextInt(1500));
                    case 3, 4, 5 -> turn();
                    case 6, 7 -> signal();
                    case 8, 9 -> answerOfStore();
                    case 10, 11, 12 -> finish();
                    default -> {
                        if (random.nextInt(10) == 0) {
                            backlog.poll();
                        }
                    }
                }
            }
            isCalm = true;
            for (int i = 0; i < 5000 && !(store.isEmpty() && answers.isEmpty()); i++) {
                signal();
                turn();
                finish();
                answerOfStore();
                if (i % 50 == 49) {
                    now = now.plusSeconds(20);
                    backlog.poll();
                    backlog.sweep();
                }
            }
            assertThat(store).as("%s: forgotten", name).isEmpty();
            assertThat(settled).as(name).hasSize((int) lastSeq);
            assertThat(underWay).as(name).isEmpty();
            assertThat(backlog.isDrained()).as(name).isTrue();
        }

        void enqueue() {
            int lane = LANES.get(random.nextInt(LANES.size()));
            boolean isOwn = random.nextInt(3) > 0;
            List<Ready> fresh = new ArrayList<>();
            long lowest = lastSeq + 1;
            for (int i = random.nextInt(5); i >= 0; i--) {
                long seq = ++lastSeq;
                long key = lane * 100L + random.nextInt(4);
                long other = random.nextInt(15) == 0 ? lane * 100L + random.nextInt(4) : key;
                boolean isBarrier = random.nextInt(25) == 0;
                Stored stored = new Stored(lane, seq, key, other, isBarrier, 0, Instant.MIN, now);
                store.put(seq, stored);
                fresh.add(new Ready(delivery(stored, false), body()));
            }
            if (!isOwn && isLost.test(lowest)) {
                return;
            }
            Map<Integer, Long> oldestOpenByLane = Map.of(lane, lowest);
            OwedRows rows = isOwn
                    ? new OwedRows(oldestOpenByLane, false, Map.of(lane, fresh))
                    : new OwedRows(oldestOpenByLane, false);
            signals.add(() -> backlog.owed(rows));
        }

        /** By this process, together. */
        List<Long> enqueueHere(int lane, long... keys) {
            List<Ready> fresh = new ArrayList<>();
            long lowest = lastSeq + 1;
            for (long key : keys) {
                Stored stored = new Stored(lane, ++lastSeq, key, key, false, 0, Instant.MIN, now);
                store.put(stored.seq, stored);
                fresh.add(new Ready(delivery(stored, false), body()));
            }
            signals.add(() -> backlog.owed(new OwedRows(Map.of(lane, lowest), false, Map.of(lane, fresh))));
            return fresh.stream().map(ready -> ready.delivery().seq()).toList();
        }

        void signal() {
            Runnable next = signals.poll();
            if (next != null) {
                next.run();
            }
        }

        void answerOfStore() {
            if (!answers.isEmpty()) {
                answers.remove(random.nextInt(answers.size())).run();
            }
        }

        void turn() {
            for (Integer lane : backlog.lanesWithWork(now)) {
                Room room = !isCalm && random.nextInt(8) == 0
                        ? Room.parked(false)
                        : Room.open(random.nextInt(4) + (isCalm ? 1 : 0));
                take(lane, room);
            }
            backlog.readOn(now);
        }

        void turn(Room room) {
            for (Integer lane : backlog.lanesWithWork(now)) {
                take(lane, room);
            }
            backlog.readOn(now);
        }

        void take(int lane, Room room) {
            List<Ready> taken = backlog.take(lane, room, now);
            if (batch == null) {
                taken.forEach(ready -> taken(ready, Set.of()));
                return;
            }
            for (int i = room.requests(); i > 0 && !taken.isEmpty(); i--) {
                takenTogether(lane, taken);
                taken = i == 1 ? List.of() : backlog.take(lane, Room.open(i - 1), now);
            }
            assertThat(taken).as(name).isEmpty();
        }

        void takenTogether(int lane, List<Ready> members) {
            Set<Long> seqs = new HashSet<>();
            for (Ready member : members) {
                taken(member, seqs);
                seqs.add(member.delivery().seq());
            }
            LaneRules.Batch rules = Objects.requireNonNull(batch);
            assertThat(seqs).as(name).hasSizeLessThanOrEqualTo(rules.maxSize());
            Instant due = members.getFirst().delivery().due();
            if (due != null && due.plusSeconds(5).isAfter(now)) { // it does not wait longer for a missing one
                assertThat(seqs)
                        .as("%s: the members of a batch that failed", name)
                        .isEqualTo(store.values().stream()
                                .filter(each -> each.lane == lane && each.due.equals(due))
                                .map(Stored::seq)
                                .collect(Collectors.toSet()));
            } else if (due == null && seqs.size() < rules.maxSize()) {
                assertThat(members).as("%s: it need not go yet", name).anyMatch(each -> !each.delivery()
                        .owedSince()
                        .plus(rules.maxWait())
                        .isAfter(now));
            }
            batches.add(members);
        }

        /** @param before of the same request */
        void taken(Ready ready, Set<Long> before) {
            OwedDelivery row = ready.delivery();
            Stored stored = Objects.requireNonNull(store.get(row.seq()), name + ": not owed any more " + row.seq());
            assertThat(ready.body()).as(name).isNotNull();
            assertThat(stored.due.isAfter(now))
                    .as("%s: %d is not due", name, row.seq())
                    .isFalse();
            assertThat(underWay.put(row.seq(), ready))
                    .as("%s: %d twice", name, row.seq())
                    .isNull();
            store.values().stream()
                    .filter(other -> other.lane == stored.lane && other.seq < stored.seq)
                    .filter(other -> !answered.contains(other.seq) && !before.contains(other.seq))
                    .filter(other -> other.isBarrier
                            || stored.isBarrier
                            || other.isOf(stored.key)
                            || other.isOf(stored.otherKey))
                    .forEach(other -> {
                        throw new AssertionError(
                                name + ": " + other + " goes before " + stored + " under way " + underWay.keySet());
                    });
        }

        /** A request is over; that it was delivered counts at once, and the rest when it is written. */
        void finish() {
            if (underWay.isEmpty() || unwritten >= MOST_UNWRITTEN) {
                return;
            }
            if (batch != null) {
                if (unwritten == 0 || unwritten + batch.maxSize() <= MOST_UNWRITTEN) {
                    finishBatch();
                }
                return;
            }
            List<Long> all = List.copyOf(underWay.keySet());
            OwedDelivery row =
                    underWay.remove(all.get(random.nextInt(all.size()))).delivery();
            Outcome.AttemptMade made = new Outcome.AttemptMade(now, 1, 200, null, null);
            int what = isCalm ? 9 : random.nextInt(10);
            unwritten += what == 2 ? 0 : 1;
            if (what == 0) {
                backlog.settled(List.of(new Outcome.Again(row, made, now.plusMillis(1 + random.nextInt(3000)))));
            } else if (what == 1) {
                backlog.settled(List.of(new Outcome.Dead(row, Optional.of(made), "test")));
            } else if (what == 2) {
                backlog.released(List.of(new Ready(row, body())));
            } else {
                answered.add(row.seq());
                backlog.settled(List.of(new Outcome.Sent(row, made)));
            }
        }

        /** All of a batch are delivered, fail or are given back, or each by itself. */
        void finishBatch() {
            List<Ready> members = batches.remove(random.nextInt(batches.size()));
            Instant due = now.plusMillis(1 + random.nextInt(3000)).plusNanos(1000L * (++answeredBatches % 1000));
            int ofAll = isCalm ? 9 : random.nextInt(10);
            Outcome.AttemptMade made = new Outcome.AttemptMade(now, 1, 200, null, null);
            Set<Long> unsent = new HashSet<>(); // none is sent after an unsent one of its key
            List<Outcome> outcomes = new ArrayList<>();
            for (Ready member : members) {
                OwedDelivery row = member.delivery();
                underWay.remove(row.seq());
                int what = ofAll == 1 && !isCalm ? random.nextInt(5) : ofAll;
                if (what == 2 || KeyOrder.keys(row).stream().anyMatch(unsent::contains)) {
                    unsent.addAll(KeyOrder.keys(row));
                    backlog.released(List.of(member));
                    continue;
                }
                unwritten++;
                if (what == 0) {
                    outcomes.add(new Outcome.Again(row, made, due));
                } else if (what == 3) {
                    outcomes.add(new Outcome.Dead(row, Optional.of(made), "test"));
                } else {
                    answered.add(row.seq());
                    outcomes.add(new Outcome.Sent(row, made));
                }
            }
            backlog.settled(outcomes);
        }

        // the store

        private <T> Future<T> later(Supplier<T> answer) {
            asked++;
            Promise<T> promise = Promise.promise();
            T asOfNow = answer.get();
            answers.add(() -> promise.complete(asOfNow));
            return promise.future();
        }

        private static OwedBody body() {
            return new OwedBody(new EventType("x"), Buffer.buffer("{}"));
        }

        private static int slice(Stored stored) {
            return (int) (stored.key % KeySlices.COUNT);
        }

        private OwedDelivery delivery(Stored stored, boolean isBehind) {
            OwedRow built =
                    row(stored.seq).lane(stored.lane).keySlice(slice(stored)).key(stored.key);
            if (stored.otherKey != stored.key) {
                built.otherKey(stored.otherKey);
            }
            if (stored.isBarrier) {
                built.barrier();
            }
            built.owedSince(stored.visibleAt);
            if (isBehind && isBehindItsKeyAlone(stored)) {
                built.follows();
            }
            if (stored.isDue()) {
                built.due(stored.due).attempts(stored.attempts);
            }
            return (isBehind ? built.behind() : built).build();
        }

        private boolean isBehind(Stored stored) {
            return store.values().stream()
                    .anyMatch(other -> other.lane == stored.lane
                            && other.seq < stored.seq
                            && (other.isBarrier
                                    || stored.isBarrier
                                    || other.isOf(stored.key)
                                    || other.isOf(stored.otherKey)));
        }

        private boolean isBehindItsKeyAlone(Stored stored) {
            return stored.key == stored.otherKey
                    && !stored.isBarrier
                    && store.values().stream()
                            .filter(other -> other.lane == stored.lane && other.seq < stored.seq)
                            .noneMatch(other ->
                                    other.isBarrier || (other.otherKey == stored.key && other.key != stored.key));
        }

        private OwedDelivery delivery(Stored stored) {
            return delivery(stored, isBehind(stored));
        }

        @Override
        public Future<List<OwedDelivery>> take(Collection<SliceCursor> cursors) {
            return later(() -> {
                List<OwedDelivery> rows = new ArrayList<>();
                for (SliceCursor cursor : cursors) {
                    store.values().stream()
                            .filter(each -> each.lane == cursor.lane()
                                    && slice(each) == cursor.keySlice()
                                    && !each.isDue()
                                    && each.seq > cursor.after())
                            .limit(cursor.limit())
                            .forEach(each -> rows.add(delivery(each)));
                }
                rows.sort((one, other) -> Long.compare(one.seq(), other.seq()));
                return rows;
            });
        }

        @Override
        public Future<List<OwedDelivery>> takeDue(Collection<DueCursor> cursors, Instant asked) {
            return later(() -> {
                List<Stored> rows = new ArrayList<>();
                for (DueCursor cursor : cursors) {
                    store.values().stream()
                            .filter(each -> each.lane == cursor.lane() && each.isDue() && !each.due.isAfter(asked))
                            .filter(each -> each.due.isAfter(cursor.afterDue())
                                    || (each.due.equals(cursor.afterDue()) && each.seq > cursor.afterSeq()))
                            .sorted(Run::byDue)
                            .forEach(each -> {
                                int count = (int) rows.stream()
                                        .filter(row -> row.lane == cursor.lane())
                                        .count();
                                if (count < cursor.limit() || rows.getLast().due.equals(each.due)) {
                                    rows.add(each);
                                }
                            });
                }
                rows.sort(Run::byDue);
                return rows.stream().map(this::delivery).toList();
            });
        }

        private static int byDue(Stored one, Stored other) {
            int byDue = one.due.compareTo(other.due);
            return byDue == 0 ? Long.compare(one.seq, other.seq) : byDue;
        }

        @Override
        public Future<Map<Integer, Instant>> nextDue(Collection<Integer> lanes, Instant asked) {
            return later(() -> {
                Map<Integer, Instant> next = new HashMap<>();
                store.values().stream()
                        .filter(each -> lanes.contains(each.lane) && each.isDue() && each.due.isAfter(asked))
                        .forEach(each ->
                                next.merge(each.lane, each.due, (one, other) -> one.isBefore(other) ? one : other));
                return next;
            });
        }

        @Override
        public Future<List<KeyQueue>> successors(Collection<KeyCursor> keys) {
            return later(() -> {
                List<KeyQueue> runs = new ArrayList<>();
                for (KeyCursor key : keys) {
                    List<Stored> all = store.values().stream()
                            .filter(each -> each.lane == key.lane() && each.isOf(key.key()))
                            .limit(key.limit())
                            .toList();
                    List<OwedDelivery> rows = new ArrayList<>();
                    for (Stored each : all) {
                        boolean isHeld = rows.isEmpty()
                                ? isBehind(each)
                                : each.otherKey != each.key
                                        || each.isBarrier
                                        || store.values().stream()
                                                .anyMatch(other -> other.lane == each.lane
                                                        && other.isBarrier
                                                        && other.seq < each.seq);
                        rows.add(delivery(each, isHeld));
                    }
                    if (!rows.isEmpty()) {
                        runs.add(new KeyQueue(key.lane(), key.key(), rows));
                    }
                }
                return runs;
            });
        }

        @Override
        public Future<Set<Integer>> withMore(Collection<SliceCursor> cursors) {
            return later(() -> cursors.stream()
                    .filter(cursor -> store.values().stream()
                            .anyMatch(each -> each.lane == cursor.lane()
                                    && slice(each) == cursor.keySlice()
                                    && !each.isDue()
                                    && each.seq > cursor.after()))
                    .map(SliceCursor::lane)
                    .collect(Collectors.toSet()));
        }

        @Override
        public Future<Map<Integer, Long>> smallestOwed(Map<Integer, Long> oldestOpenByLane) {
            return later(() -> {
                Map<Integer, Long> smallest = new HashMap<>();
                oldestOpenByLane.keySet().forEach(lane -> smallest.put(lane, Long.MAX_VALUE));
                store.values()
                        .forEach(each -> smallest.computeIfPresent(each.lane, (lane, seq) -> Math.min(seq, each.seq)));
                return smallest;
            });
        }

        @Override
        public Future<Watermark.Look> look() {
            return later(() -> new Watermark.Look(lastSeq, Set.of()));
        }

        @Override
        public Future<List<OwedDelivery>> renewed(Map<Integer, Long> oldestOpenByLane) {
            return later(List::of);
        }

        @Override
        public Future<Map<UUID, OwedBody>> bodies(Collection<OwedDelivery> deliveries) {
            bodiesAsked += deliveries.size();
            return later(() -> {
                Map<UUID, OwedBody> bodies = new HashMap<>();
                deliveries.forEach(each -> bodies.put(each.eventId(), body()));
                return bodies;
            });
        }

        @Override
        public Future<List<OwedDelivery>> oldest(int lane, long after, int limit) {
            return later(() -> store.values().stream()
                    .filter(each -> each.lane == lane && each.seq > after)
                    .limit(limit)
                    .map(each -> delivery(each, false))
                    .toList());
        }

        @Override
        public Future<List<Integer>> lanesWithWork() {
            return later(() ->
                    store.values().stream().map(each -> each.lane).distinct().toList());
        }

        @Override
        public Future<Set<PackedRow.Key>> of(Map<Integer, Long> oldestOpenByLane) {
            return later(Set::of);
        }

        @Override
        public Future<Void> unpack(Collection<PackedRow.Key> runs) {
            throw new AssertionError("there are no packed rows");
        }

        @Override
        public Future<Void> unpackLane(int lane) {
            throw new AssertionError("no lane is deleted");
        }

        /** Written now, and told later. */
        @Override
        public Future<Optional<Set<Long>>> settle(Term term, List<Outcome> outcomes) {
            Promise<Optional<Set<Long>>> promise = Promise.promise();
            answers.add(() -> {
                Set<Long> written = new HashSet<>();
                for (Outcome outcome : outcomes) {
                    long seq = outcome.delivery().seq();
                    Stored before = Objects.requireNonNull(store.remove(seq), name + ": settled before " + seq);
                    answered.remove(seq);
                    if (outcome instanceof Outcome.Again again) {
                        store.put(seq, before.retriedAt(again.due()));
                    } else {
                        assertThat(settled.add(seq)).as(name).isTrue();
                    }
                    written.add(seq);
                }
                answers.add(() -> {
                    unwritten -= outcomes.size();
                    promise.complete(Optional.of(written));
                });
            });
            return promise.future();
        }

        @Override
        public boolean isBetterLater(Collection<Outcome> outcomes) {
            return false;
        }

        // the lease

        @Override
        public boolean isHeld() {
            return true;
        }

        @Override
        public void drained(int shard) {
            throw new AssertionError("no shard is leaving");
        }

        @Override
        public void refused(int outcomes) {
            throw new AssertionError("nobody has taken over");
        }

        // the deliverer

        @Override
        public Future<?> refresh() {
            return Future.succeededFuture();
        }

        @Override
        public void began(Backlog begun) {}

        @Override
        public void shardsChanged() {
            // the lanes are served once
        }

        @Override
        public void ended() {}

        @Override
        public boolean isBusy() {
            return false;
        }

        @Override
        public void turnSoon() {} // turns come at random

        @Override
        public void dead(Outcome.Dead outcome) {}

        @Override
        public Future<Boolean> isDeleted(int lane) {
            return Future.succeededFuture(false);
        }

        @Override
        public void leaseCameRound() {}
    }
}
