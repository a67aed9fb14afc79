package nexus.queue.order;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Deliveries of one lane that were read before there was room for their requests: only room is missing, and they hold
 * their keys as if they were under way. As many are read ahead as the receiver takes in half of {@link #LONGEST}, after
 * which they are read again: what a person has done to a delivery by hand is seen late by as much.
 */
public final class Ahead {
    static final Duration LONGEST = Duration.ofSeconds(2);
    private static final Duration HALF = LONGEST.dividedBy(2);
    private static final int LEAST = 64;
    private static final int MOST = 4096;
    /** Retries: they are read although there is no room, and go first; others of them wait where they are. */
    private static final int RETRIES = 32;

    private final Deque<Waiting> first = new ArrayDeque<>(); // retries, and what follows another one of its key
    private final Deque<Waiting> others = new ArrayDeque<>();
    private final Set<Waiting> withoutBody = new LinkedHashSet<>(); // there is room for their requests
    private final Deque<Waiting> complete = new ArrayDeque<>(); // of these, the body has arrived
    private int retries; // among the first
    private int target = LEAST;
    private Instant halfBegan = Instant.EPOCH;
    private int begun; // requests of the lane since then
    private int begunBefore; // in the half before
    private int most; // in any half since the receiver was last slower than expected

    /** Those that wait for room. */
    public int size() {
        return first.size() + others.size();
    }

    /** Whether none waits for room. */
    public boolean isEmpty() {
        return first.isEmpty() && others.isEmpty();
    }

    /** Whether nothing could be taken, now or as soon as its body is here. */
    public boolean hasNothing() {
        return takeable() == 0;
    }

    /** All that could be taken, if there were room and their bodies were here. */
    public int takeable() {
        return size() + withoutBody.size() + complete.size();
    }

    /** Those for which there is room, and that wait for their body. */
    public int withoutBody() {
        return withoutBody.size();
    }

    /** How many more are worth reading: none before half of them have gone, so that reads are few and large. */
    public int wanted(Instant now) {
        int worth = Math.min(Math.max(target, begunLately(now)), MOST);
        return size() <= worth / 2 ? worth - size() : 0;
    }

    /**
     * Whether what has just become owed finds a place, without having been asked for: after a pause as much as the
     * receiver once took, until it proves too much.
     */
    public boolean takesFresh(Instant now) {
        return size() < Math.max(2 * target, Math.max(begunLately(now), most));
    }

    /** A request of the lane begins. */
    public void began(Instant now) {
        nextHalf(now);
        begun++;
    }

    /** What the receiver has taken in half of {@link #LONGEST} it takes again. */
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

    /** In front of the others: its time has come already. */
    public void addFirst(Waiting waiting) {
        first.add(waiting);
        retries += isRetry(waiting) ? 1 : 0;
    }

    private static boolean isRetry(Waiting waiting) {
        return waiting.row().due() != null;
    }

    /** How many retries are worth reading. */
    public int wantedRetries() {
        return retries == 0 ? RETRIES : 0;
    }

    /** The next one for which there is room; null: none. */
    public @Nullable Waiting next() {
        Waiting next = first.poll();
        if (next == null) {
            return others.poll();
        }
        retries -= isRetry(next) ? 1 : 0;
        return next;
    }

    /** There is room for its request, as soon as its body is here. */
    public void awaitBody(Waiting waiting) {
        withoutBody.add(waiting);
    }

    /** @return whether there is room for its request */
    public boolean arrived(Waiting waiting) {
        if (!withoutBody.remove(waiting)) {
            return false;
        }
        complete.add(waiting);
        return true;
    }

    /** The next one whose body has arrived since there was room for its request; null: none. */
    public @Nullable Waiting nextComplete() {
        return complete.poll();
    }

    /** All that was read could be taken at once although there was more: the next read is larger. */
    public void ranDry() {
        target = Math.min(2 * target, MOST);
    }

    /** Whether the oldest has waited too long for room. */
    public boolean isStale(Instant now) {
        Waiting oldest = others.isEmpty() ? first.peek() : others.peek();
        return oldest != null && !oldest.since().plus(LONGEST).isAfter(now);
    }

    /** The receiver is slower than was read for. */
    public void slower() {
        target = Math.max(target / 2, LEAST);
        most = 0;
    }

    /** Empties it of what waits for room. */
    public List<Waiting> drop() {
        List<Waiting> dropped = new ArrayList<>(first);
        dropped.addAll(others);
        first.clear();
        others.clear();
        retries = 0;
        return dropped;
    }

    /** Empties it of what has room and waits for its body, or has waited for it. */
    public List<Waiting> dropWithRoom() {
        List<Waiting> dropped = new ArrayList<>(withoutBody);
        dropped.addAll(complete);
        withoutBody.clear();
        complete.clear();
        return dropped;
    }
}
