package nexus.testkit;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for a condition: the tests' only way to wait. */
public final class Eventually {
    /** Reached by what never comes; a machine that is busy with others is given the time it takes. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    // Nanoseconds between two looks: the longer it takes, the rarer, because a condition may go over all that arrived.
    private static final long SHORTEST_PAUSE = 5_000_000;
    private static final long LONGEST_PAUSE = 100_000_000;

    private Eventually() {}

    public static void eventually(String what, Duration atMost, BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            long waited = System.nanoTime() - start;
            if (waited > atMost.toNanos()) {
                throw new AssertionError("not within " + atMost + ": " + what);
            }
            LockSupport.parkNanos(Math.clamp(waited / 20, SHORTEST_PAUSE, LONGEST_PAUSE));
        }
    }

    public static void eventually(String what, BooleanSupplier condition) {
        eventually(what, PATIENCE, condition);
    }
}
