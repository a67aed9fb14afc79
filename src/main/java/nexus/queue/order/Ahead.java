package nexus.queue.order;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Deliveries of one lane that were read before there was room for their requests. They only wait for room, and hold their keys
 * like deliveries in progress. The number read ahead is what the receiver takes in half of {@link #LONGEST}; after that time
 * they are read again, so a change by hand takes effect with at most this delay.
 */
public final class Ahead {
    static final Duration LONGEST = Duration.ofSeconds(2);
    private static final Duration HALF = LONGEST.dividedBy(2);
    private static final int LEAST = 64;
    private static final int MOST = 4096;
    /** Retries that are read although there is no room. They go first; further ones stay in the store. */
    private static final int RETRIES = 32;

    private final Deque<Waiting> first = new ArrayDeque<>(); // retries, and successors within a key
    private final Deque<Waiting> others = new ArrayDeque<>();
    private final Set<Waiting> withoutBody = new LinkedHashSet<>(); // there is room for their requests
    private final Deque<Waiting> complete = new ArrayDeque<>(); // those of them with a loaded body
    private int retries; // number among the first
    private int least = LEAST;
    private int target = LEAST;
    private Instant halfBegan = Instant.EPOCH;
    private int begun; // requests of the lane since that time
    private int begunBefore; // requests in the half before
    private int most; // most requests in a half since the receiver was last slower than expected

    /** Sets how many deliveries are worth reading at least. */
    public void readAtLeast(int count) {
        least = Math.clamp(count, LEAST, MOST);
        target = Math.max(target, least);
    }

    /** The deliveries that wait for room. */
    public int size() {
        return first.size() + others.size();
    }

    /** Whether no delivery waits for room. */
    public boolean isEmpty() {
        return first.isEmpty() && others.isEmpty();
    }

    /** Whether nothing can be taken, now or when its body is loaded. */
    public boolean hasNothing() {
        return takeable() == 0;
    }

    /** All deliveries that could be taken with room and with their bodies. */
    public int takeable() {
        return size() + withoutBody.size() + complete.size();
    }

    /** The deliveries that have room and wait for their body. */
    public int withoutBody() {
        return withoutBody.size();
    }

    /** How many more to read. None before half of them were taken, so that reads are few and large. */
    public int wanted(Instant now) {
        int worth = Math.min(Math.max(target, begunLately(now)), MOST);
        return size() <= worth / 2 ? worth - size() : 0;
    }

    /**
     * Whether newly owed deliveries are kept in memory without a read: after a pause as many as the receiver once took, until
     * they prove too many.
     */
    public boolean takesFresh(Instant now) {
        return size() < Math.max(2 * target, Math.max(begunLately(now), most));
    }

    /** Counts a request of the lane. */
    public void began(Instant now) {
        nextHalf(now);
        begun++;
    }

    /** The number that the receiver took in half of {@link #LONGEST}, which is expected again. */
    private int begunLately(Instant now) {
        nextHalf(now);
        return Math.max(begun, begunBefore);
    }

    private void nextHalf(Instant now) {
        if (!now.isBefore(halfBegan.plus(HALF))) {
            most = Math.max(most, begun);
            begunBefore = now.isBefore(halfBegan.plus(LONGEST)) ? begun : 0;
            begun = 0;
            halfBegan = now;
        }
    }

    public void add(Waiting waiting) {
        others.add(waiting);
    }

    /** Adds a delivery before the others, because it is already due. */
    public void addFirst(Waiting waiting) {
        first.add(waiting);
        retries += isRetry(waiting) ? 1 : 0;
    }

    private static boolean isRetry(Waiting waiting) {
        return waiting.row().due() != null;
    }

    /** How many retries to read. */
    public int wantedRetries() {
        return retries == 0 ? RETRIES : 0;
    }

    /** The next delivery to get room; null when there is none. */
    public @Nullable Waiting next() {
        Waiting next = first.poll();
        if (next == null) {
            return others.poll();
        }
        retries -= isRetry(next) ? 1 : 0;
        return next;
    }

    /** The due time of the first retry that may go; null when there is none. */
    public @Nullable Instant firstDue(Predicate<Instant> mayGo) {
        if (retries > 0) {
            for (Waiting waiting : first) {
                Instant due = waiting.row().due();
                if (due != null && mayGo.test(due)) {
                    return due;
                }
            }
        }
        return null;
    }

    /** The due time of the last delivery that goes before the others; null when it is no retry. */
    public @Nullable Instant lastDue() {
        Waiting last = first.peekLast();
        return last == null ? null : last.row().due();
    }

    /** What happens to a delivery that waits for room. */
    public enum Choice {
        TAKE,
        LEAVE,
        /** This one and all later ones are left. */
        STOP
    }

    /** Removes the deliveries that are chosen. They are asked for in the order in which they would get room. */
    public List<Waiting> take(Function<Waiting, Choice> chooser) {
        List<Waiting> taken = new ArrayList<>();
        if (takeFrom(first, chooser, taken)) {
            takeFrom(others, chooser, taken);
        }
        for (Waiting waiting : taken) {
            retries -= isRetry(waiting) ? 1 : 0;
        }
        return taken;
    }

    private static boolean takeFrom(Deque<Waiting> from, Function<Waiting, Choice> chooser, List<Waiting> taken) {
        for (Iterator<Waiting> all = from.iterator(); all.hasNext(); ) {
            Waiting waiting = all.next();
            switch (chooser.apply(waiting)) {
                case TAKE -> {
                    all.remove();
                    taken.add(waiting);
                }
                case LEAVE -> {}
                case STOP -> {
                    return false;
                }
            }
        }
        return true;
    }

    /** Passes on all that wait for room. */
    public void forEach(Consumer<Waiting> action) {
        first.forEach(action);
        others.forEach(action);
    }

    /** Gives a delivery room for its request, which starts when its body is loaded. */
    public void awaitBody(Waiting waiting) {
        withoutBody.add(waiting);
    }

    /** @return whether it has room for its request */
    public boolean arrived(Waiting waiting) {
        if (!withoutBody.remove(waiting)) {
            return false;
        }
        complete.add(waiting);
        return true;
    }

    /** The next delivery with room and a loaded body; null when there is none. */
    public @Nullable Waiting nextComplete() {
        return complete.poll();
    }

    /** Forgets which deliveries have a loaded body, because the caller knows. */
    public void forgetComplete() {
        complete.clear();
    }

    /** Records that a full read was taken at once, so the next read is larger. */
    public void ranDry() {
        target = Math.min(2 * target, MOST);
    }

    /** Whether the oldest delivery has waited too long for room. */
    public boolean isStale(Instant now) {
        Waiting oldest = others.isEmpty() ? first.peek() : others.peek();
        return oldest != null && !oldest.since().plus(LONGEST).isAfter(now);
    }

    /** Records that the receiver is slower than expected. */
    public void slower() {
        target = Math.max(target / 2, least);
        most = 0;
    }

    /** Removes all deliveries that wait for room. */
    public List<Waiting> drop() {
        List<Waiting> dropped = new ArrayList<>(first);
        dropped.addAll(others);
        first.clear();
        others.clear();
        retries = 0;
        return dropped;
    }

    /** Removes all deliveries that have room. */
    public List<Waiting> dropWithRoom() {
        List<Waiting> dropped = new ArrayList<>(withoutBody);
        dropped.addAll(complete);
        withoutBody.clear();
        complete.clear();
        return dropped;
    }
}
