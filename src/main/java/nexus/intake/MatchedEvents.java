package nexus.intake;

import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import nexus.event.IncomingEvent;
import nexus.event.Ordering;
import nexus.queue.FreshDelivery;
import nexus.queue.LiveLanes;
import nexus.queue.OwedBody;
import nexus.queue.OwedDelivery;
import nexus.queue.OwedRows;
import nexus.queue.OwedRun;
import nexus.queue.Place;
import nexus.queue.Shards;
import nexus.queue.StripeCursor;
import nexus.subscription.Subscription;
import nexus.subscription.Subscriptions;
import org.jspecify.annotations.Nullable;

/** Events with the lanes they are owed to, as the columns of the statement that stores them. */
final class MatchedEvents {
    final long catalogVersion;

    final List<UUID> ids = new ArrayList<>();
    final List<String> types = new ArrayList<>();
    final List<OffsetDateTime> createdAts = new ArrayList<>();
    final List<Buffer> bodies = new ArrayList<>();
    final List<Integer> firstsOwed = new ArrayList<>(); // from 1; what is owed of one event follows on each other
    final List<Integer> lastsOwed = new ArrayList<>();

    /** Events without Nexus's own. */
    long counted;

    final List<Integer> owedLanes = new ArrayList<>();
    final List<Integer> owedStripes = new ArrayList<>();
    final List<@Nullable Long> owedKeys = new ArrayList<>();
    final List<@Nullable Long> owedOtherKeys = new ArrayList<>();
    final List<Boolean> owedBarriers = new ArrayList<>();
    final List<Integer> owedEvents = new ArrayList<>(); // of which event, from 1
    final List<Integer> owedBytes = new ArrayList<>();
    final List<Boolean> owedOwn = new ArrayList<>();
    final List<Integer> owedRuns = new ArrayList<>(); // of which run, from 1; 0: a row
    private final List<OwedBody> owedBodies = new ArrayList<>();
    private final LiveLanes.Live live;
    private final List<Integer> runLanes = new ArrayList<>(); // of each run

    /** For every event that came in, to how many subscriptions it is owed. */
    final List<Integer> deliveries = new ArrayList<>();

    MatchedEvents(Subscriptions subscriptions, List<IncomingEvent> events, LiveLanes.Live live) {
        catalogVersion = subscriptions.version();
        this.live = live;
        for (IncomingEvent event : events) {
            List<Subscription> wanting = subscriptions.wanting(event.type());
            deliveries.add(wanting.size());
            if (!wanting.isEmpty() || event.storedAlways()) {
                add(event, wanting);
            }
        }
        owedLanes.forEach(lane -> owedRuns.add(0));
        if (owedLanes.size() >= OwedRun.SHORTEST && !live.lanes().isEmpty()) {
            addRuns();
        }
    }

    /** Of each live lane to which enough is owed at once; what a run has no place for stays a row. */
    private void addRuns() {
        Map<Integer, List<Integer>> owedByLane = new TreeMap<>();
        Set<Integer> withBarrier = new TreeSet<>();
        for (int i = 0; i < owedLanes.size(); i++) {
            int lane = owedLanes.get(i);
            if (owedBarriers.get(i)) {
                withBarrier.add(lane);
            } else if (live.lanes().contains(lane) && owedOtherKeys.get(i) == null && !owedOwn.get(i)) {
                owedByLane.computeIfAbsent(lane, first -> new ArrayList<>()).add(i);
            }
        }
        owedByLane.forEach((lane, owed) -> {
            if (owed.size() >= OwedRun.SHORTEST && !withBarrier.contains(lane)) {
                addRuns(lane, owed);
            }
        });
    }

    private void addRuns(int lane, List<Integer> owed) {
        int first = runLanes.size() + 1;
        int count = Math.ceilDiv(owed.size(), OwedRun.LONGEST);
        for (int i = 0; i < owed.size(); i++) {
            owedRuns.set(owed.get(i), first + i * count / owed.size());
        }
        runLanes.addAll(Collections.nCopies(count, lane));
    }

    /** The process that has to own the lanes with runs; empty: there are none. */
    Optional<Integer> runOwner() {
        return runLanes.isEmpty() ? Optional.empty() : Optional.of(live.process());
    }

    Short[] shardsWithRuns() {
        Set<Short> shards = new TreeSet<>();
        for (int i = 0; i < owedLanes.size(); i++) {
            if (owedRuns.get(i) > 0) {
                shards.add((short) Shards.of(owedLanes.get(i)));
            }
        }
        return shards.toArray(Short[]::new);
    }

    /** What has become owed, once it is stored. */
    OwedRows owed(EventRepository.Stored.Done stored) {
        Map<Integer, Long> lowestSeqByLane = new HashMap<>();
        Map<Integer, List<FreshDelivery>> freshByLane = new HashMap<>();
        Iterator<OwedBody> events = owedBodies.iterator();
        Iterator<String> ctids = stored.places().iterator();
        List<OwedRun> runs = runs(stored.seqs());
        for (int i = 0; i < stored.seqs().size(); i++) {
            OwedDelivery delivery = new OwedDelivery(
                    owedLanes.get(i),
                    owedStripes.get(i),
                    stored.seqs().get(i),
                    owedKeys.get(i),
                    owedOtherKeys.get(i),
                    owedBarriers.get(i),
                    null,
                    0,
                    0,
                    stored.at(),
                    stored.day(),
                    ids.get(owedEvents.get(i) - 1),
                    owedBytes.get(i),
                    owedOwn.get(i),
                    owedRuns.get(i) == 0 ? new Place.OwnRow(ctids.next()) : runs.get(owedRuns.get(i) - 1),
                    false);
            lowestSeqByLane.putIfAbsent(delivery.lane(), delivery.seq());
            freshByLane
                    .computeIfAbsent(delivery.lane(), lane -> new ArrayList<>())
                    .add(new FreshDelivery(delivery, events.next()));
        }
        return new OwedRows(lowestSeqByLane, false, freshByLane);
    }

    private List<OwedRun> runs(List<Long> seqs) {
        List<List<Long>> seqsByRun = new ArrayList<>();
        runLanes.forEach(lane -> seqsByRun.add(new ArrayList<>()));
        for (int i = 0; i < seqs.size() && !runLanes.isEmpty(); i++) {
            if (owedRuns.get(i) > 0) {
                seqsByRun.get(owedRuns.get(i) - 1).add(seqs.get(i));
            }
        }
        List<OwedRun> made = new ArrayList<>();
        for (int run = 0; run < runLanes.size(); run++) {
            made.add(new OwedRun(runLanes.get(run), seqsByRun.get(run)));
        }
        return made;
    }

    /** How many of those owed to each lane count. */
    Map<Integer, Long> countedDeliveries() {
        Map<Integer, Long> counts = new TreeMap<>();
        for (int i = 0; i < owedLanes.size(); i++) {
            if (!owedOwn.get(i)) {
                counts.merge(owedLanes.get(i), 1L, Long::sum);
            }
        }
        return counts;
    }

    /** Nothing to store. */
    boolean isEmpty() {
        return ids.isEmpty();
    }

    /** What is told of each event that is stored. */
    interface Told {
        void of(UUID id, String type, Instant createdAt);
    }

    void forEach(Told told) {
        for (int i = 0; i < ids.size(); i++) {
            told.of(ids.get(i), types.get(i), createdAts.get(i).toInstant());
        }
    }

    private void add(IncomingEvent event, List<Subscription> wanting) {
        byte[] body = event.body().bytes();
        ids.add(event.id().value());
        types.add(event.type().value());
        createdAts.add(utc(event.createdAt()));
        counted += event.type().isOwn() ? 0 : 1;
        OwedBody sent = new OwedBody(event.type(), Buffer.buffer(body));
        bodies.add(sent.bytes());
        firstsOwed.add(owedLanes.size() + 1);
        lastsOwed.add(owedLanes.size() + wanting.size());
        for (Subscription subscription : wanting) {
            owedLanes.add(subscription.lane());
            owedEvents.add(ids.size());
            owedBytes.add(body.length);
            owedOwn.add(event.type().isOwn());
            owedBodies.add(sent);
            addOrdering(event);
        }
    }

    private void addOrdering(IncomingEvent event) {
        switch (event.ordering()) {
            case Ordering.None none -> addOrdering(event.id().value().hashCode(), null, null, false);
            case Ordering.Key key -> addOrdering(key.hash(), key.hash(), null, false);
            case Ordering.TwoKeys keys -> addOrdering(keys.hash(), keys.hash(), keys.otherHash(), false);
            case Ordering.Barrier barrier -> addOrdering(barrier.hash(), barrier.hash(), null, true);
        }
    }

    private void addOrdering(long spread, @Nullable Long key, @Nullable Long otherKey, boolean barrier) {
        owedStripes.add((int) Math.floorMod(spread, (long) StripeCursor.STRIPES));
        owedKeys.add(key);
        owedOtherKeys.add(otherKey);
        owedBarriers.add(barrier);
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
