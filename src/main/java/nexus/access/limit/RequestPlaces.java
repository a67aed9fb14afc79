package nexus.access.limit;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** Bounds the requests of one key that are in progress at once, and those that wait. Safe for any thread. */
public final class RequestPlaces {
    private final int mostWaiting;
    private final Deque<Runnable> waiting = new ArrayDeque<>(); // guarded by this
    private int free; // guarded by this

    public RequestPlaces(int places, int mostWaiting) {
        this.free = places;
        this.mostWaiting = mostWaiting;
    }

    /** @return whether there was a free place; the caller must leave it again */
    public synchronized boolean take() {
        if (free == 0) {
            return false;
        }
        free--;
        return true;
    }

    /**
     * Waits for a place.
     *
     * @param turn called when a place is free, on the thread that left it; the callee must leave it again
     * @return false when too many requests wait already
     */
    public synchronized boolean await(Runnable turn) {
        return waiting.size() < mostWaiting && waiting.add(turn);
    }

    /** @return false when its turn has already come */
    public synchronized boolean giveUp(Runnable turn) {
        return waiting.remove(turn);
    }

    public void leave() {
        Runnable next = nextTurn();
        if (next != null) {
            next.run();
        }
    }

    private synchronized @Nullable Runnable nextTurn() {
        Runnable next = waiting.poll();
        if (next == null) {
            free++;
        }
        return next;
    }
}
