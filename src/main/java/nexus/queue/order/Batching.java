package nexus.queue.order;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import nexus.queue.owed.OwedDelivery;
import org.jspecify.annotations.Nullable;

/**
 * The batches of one lane: which of its waiting deliveries are sent together, and when. Untried ones go when they are enough
 * for a full batch, or when the oldest has waited for long enough. Retries with the same due time are a batch that failed, and
 * go together again as soon as they are due. A batch may contain several deliveries of a key, in order; later ones are held
 * here until it has a result. Pure: time is an argument.
 */
public final class Batching {
    private static final Comparator<Waiting> BY_SEQ =
            Comparator.comparingLong(waiting -> waiting.row().seq());

    /** The longest wait of a batch that failed for all of its deliveries, and for the memory of their bodies. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** The longest wait of a due batch for reads of the store. */
    private static final Duration READING = Duration.ofMillis(20);

    private int maxSize;
    private Duration maxWait;
    private long maxBytes;
    private final boolean isOrdered;
    private final Map<Long, Integer> taken = new HashMap<>(); // by key: deliveries in batches that have no result
    private final Map<Long, Deque<Waiting>> held = new HashMap<>(); // by key; claimed, in order
    private final List<Waiting> forming = new ArrayList<>(); // the next batch; its bodies are being read
    private final Map<Instant, Instant> incomplete = new HashMap<>(); // due times of batches, and since when
    private int heldRows;
    private long bytes; // of the untried deliveries that wait
    private @Nullable Instant oldest; // since when the oldest of them is owed
    private @Nullable Instant firstAdded; // since when the first of them waits

    /** Whether more deliveries may wait soon, so that a batch can be larger. */
    public enum More {
        NO_MEMORY,
        /** The store may have more. */
        UNREAD,
        UNKNOWN
    }

    /** The memory for bodies. */
    public interface Memory {
        /** Reserves memory for a body; false when there is none. */
        boolean reserve(Waiting waiting);

        /** Whether there is memory for all of these bodies. */
        boolean fits(List<Waiting> waiting);
    }

    public Batching(int maxSize, Duration maxWait, long maxBytes, boolean isOrdered) {
        this.maxSize = maxSize;
        this.maxWait = maxWait;
        this.maxBytes = maxBytes;
        this.isOrdered = isOrdered;
    }

    public void update(int size, Duration wait, long mostBytes) {
        maxSize = size;
        maxWait = wait;
        maxBytes = mostBytes;
    }

    public boolean isOrdered() {
        return isOrdered;
    }

    private List<Long> keys(OwedDelivery row) {
        return isOrdered ? KeyOrder.keys(row) : List.of();
    }

    public int maxSize() {
        return maxSize;
    }

    /** Deliveries that wait for the result of an earlier one of their key. */
    public int held() {
        return heldRows;
    }

    /** Holds a delivery if an earlier one of its key is in a batch. */
    public boolean hold(Waiting waiting) {
        for (Long key : keys(waiting.row())) {
            if (taken.containsKey(key)) {
                held.computeIfAbsent(key, first -> new ArrayDeque<>()).add(waiting);
                heldRows++;
                return true;
            }
        }
        return false;
    }

    /** Records a delivery that waits for room. */
    public void added(Waiting waiting) {
        OwedDelivery row = waiting.row();
        if (row.due() == null) {
            bytes += row.bodyBytes();
            oldest = oldest == null || row.owedSince().isBefore(oldest) ? row.owedSince() : oldest;
            firstAdded = firstAdded == null || waiting.since().isBefore(firstAdded) ? waiting.since() : firstAdded;
        }
    }

    /** Records that others wait for room now. */
    public void recount(Ahead ahead) {
        bytes = 0;
        oldest = null;
        firstAdded = null;
        ahead.forEach(this::added);
    }

    /** Records whether all deliveries with this due time wait, so that they can go together. */
    public void read(Instant due, boolean isComplete, Instant now) {
        if (isComplete) {
            incomplete.remove(due);
        } else {
            incomplete.putIfAbsent(due, now);
        }
    }

    /** When a batch goes that is not full; null when nothing waits for that. */
    public @Nullable Instant goesAt() {
        return oldest == null ? null : oldest.plus(maxWait);
    }

    public boolean isForming() {
        return !forming.isEmpty();
    }

    /**
     * Forms the next batch of the deliveries that wait for room.
     *
     * @param started the number of deliveries of a key that have started, those that only wait included
     * @return its members by ascending seq; empty when none is due, or when there is no memory for its bodies
     */
    public List<Waiting> form(Ahead ahead, More more, Memory memory, ToIntFunction<Long> started, Instant now) {
        incomplete.values().removeIf(since -> !since.plus(PATIENCE).isAfter(now));
        Instant due = ahead.firstDue(each -> !incomplete.containsKey(each));
        List<Waiting> members = due == null ? untried(ahead, more, memory, now) : retried(ahead, due, memory, now);
        if (!members.isEmpty()) {
            members.sort(BY_SEQ);
            forming.addAll(members);
            hold(ahead, members, started);
            recount(ahead);
        }
        return members;
    }

    private List<Waiting> untried(Ahead ahead, More more, Memory memory, Instant now) {
        boolean isFull = ahead.size() >= maxSize || bytes >= maxBytes || more == More.NO_MEMORY;
        if (oldest == null || (!isFull && !hasWaited(more, now))) {
            return List.of();
        }
        Size size = new Size();
        return ahead.take(waiting -> {
            if (waiting.row().due() != null) {
                return Ahead.Choice.LEAVE;
            }
            return size.takes(waiting) && memory.reserve(waiting) ? size.add(waiting) : Ahead.Choice.STOP;
        });
    }

    /** Rows that are being read belong to the same batch: after a crash, the batches are mostly the same again. */
    private boolean hasWaited(More more, Instant now) {
        Instant goesAt = goesAt();
        Instant readFor = firstAdded;
        return goesAt != null
                && !goesAt.isAfter(now)
                && (more != More.UNREAD
                        || readFor == null
                        || !readFor.plus(READING).isAfter(now));
    }

    /** All of a batch that failed, so that it stays the same; a part of it when there is no memory for more for too long. */
    private List<Waiting> retried(Ahead ahead, Instant due, Memory memory, Instant now) {
        Predicate<Waiting> isOfBatch = waiting -> due.equals(waiting.row().due());
        Size all = new Size();
        List<Waiting> group = new ArrayList<>();
        ahead.forEach(waiting -> {
            if (isOfBatch.test(waiting) && all.takes(waiting)) {
                all.add(waiting);
                group.add(waiting);
            }
        });
        if (!memory.fits(group) && due.plus(PATIENCE).isAfter(now)) {
            return List.of();
        }
        Size size = new Size();
        return ahead.take(waiting -> {
            if (!isOfBatch.test(waiting)) {
                return Ahead.Choice.LEAVE;
            }
            return size.takes(waiting) && memory.reserve(waiting) ? size.add(waiting) : Ahead.Choice.STOP;
        });
    }

    /** The size of a batch while it is formed. */
    private final class Size {
        int count;
        long sum;

        boolean takes(Waiting waiting) {
            return count == 0 || (count < maxSize && sum + waiting.row().bodyBytes() + 1 <= maxBytes);
        }

        Ahead.Choice add(Waiting waiting) {
            count++;
            sum += waiting.row().bodyBytes() + 1;
            return Ahead.Choice.TAKE;
        }
    }

    /** Later deliveries of the same keys wait for the result. */
    private void hold(Ahead ahead, List<Waiting> members, ToIntFunction<Long> started) {
        boolean haveMore = false;
        for (Waiting member : members) {
            for (Long key : keys(member.row())) {
                taken.merge(key, 1, Integer::sum);
            }
        }
        for (Waiting member : members) {
            for (Long key : keys(member.row())) {
                haveMore |= started.applyAsInt(key) > taken.getOrDefault(key, 0);
            }
        }
        if (haveMore) {
            for (Waiting later : ahead.take(this::isHeld)) {
                hold(later);
            }
        }
    }

    private Ahead.Choice isHeld(Waiting waiting) {
        for (Long key : keys(waiting.row())) {
            if (taken.containsKey(key)) {
                return Ahead.Choice.TAKE;
            }
        }
        return Ahead.Choice.LEAVE;
    }

    /** The batch that was formed; its bodies are there. */
    public List<Waiting> takeFormed() {
        List<Waiting> members = List.copyOf(forming);
        forming.clear();
        return members;
    }

    /**
     * A member of a batch was delivered.
     *
     * @return the deliveries that waited for it and may go now
     */
    public List<Waiting> delivered(OwedDelivery row) {
        List<Waiting> next = new ArrayList<>();
        for (Long key : keys(row)) {
            if (end(key)) {
                next.addAll(release(key));
            }
        }
        return next;
    }

    /**
     * A member of a batch was not delivered, or not sent.
     *
     * @return the deliveries that waited for it and must be read again
     */
    public List<Waiting> failed(OwedDelivery row) {
        List<Waiting> later = new ArrayList<>();
        for (Long key : keys(row)) {
            end(key);
            later.addAll(release(key));
        }
        return later;
    }

    /** @return whether it was the last one of its key without a result */
    private boolean end(Long key) {
        Integer count = taken.get(key);
        if (count != null && count > 1) {
            taken.put(key, count - 1);
            return false;
        }
        taken.remove(key);
        return true;
    }

    private List<Waiting> release(Long key) {
        Deque<Waiting> released = held.remove(key);
        if (released == null) {
            return List.of();
        }
        heldRows -= released.size();
        return List.copyOf(released);
    }

    /** Removes the batch that is being formed. */
    public List<Waiting> dropForming() {
        List<Waiting> dropped = takeFormed();
        for (Waiting waiting : dropped) {
            keys(waiting.row()).forEach(this::end);
        }
        return dropped;
    }

    /** Removes all that wait for the result of a batch. */
    public List<Waiting> dropHeld() {
        List<Waiting> dropped = new ArrayList<>();
        held.values().forEach(dropped::addAll);
        held.clear();
        heldRows = 0;
        return dropped;
    }
}
