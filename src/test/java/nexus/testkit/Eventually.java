package nexus.testkit;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for a condition: the tests' only way to wait. */
public final class Eventually {
    /** Reached by what never comes; a machine that is busy with others is given the time it takes. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private Eventually() {}

    public static void eventually(String what, Duration atMost, BooleanSupplier condition) {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within " + atMost + ": " + what);
            }
            LockSupport.parkNanos(5_000_000);
        }
    }

    public static void eventually(String what, BooleanSupplier condition) {
        eventually(what, PATIENCE, condition);
    }
}
