package nexus.heap;

import io.quarkus.runtime.ImageMode;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import org.graalvm.nativeimage.RuntimeOptions;

/**
 * The heap of the native executable, whose collector neither knows a good size for the young generation nor gives memory
 * back without load. A Java machine does both itself: there nothing is done. {@code -Xmn} and {@code -Xmx} come first.
 */
public final class NativeHeap {
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(5);

    /** Free memory that the collector keeps: while memory is given back, and else as much as it likes. */
    private static final String KEPT_FREE = "MaxHeapFree";

    private NativeHeap() {}

    /** Call it early: the heap of the start counts too. */
    public static void manage() {
        if (ImageMode.current() != ImageMode.NATIVE_RUN) {
            return;
        }
        Runtime runtime = Runtime.getRuntime();
        RuntimeOptions.set("MaximumYoungGenerationSizePercent", YoungGeneration.percentOf(runtime.maxMemory()));
        runtime.maxMemory(); // reading it makes the collector compute its sizes again
        Thread.ofPlatform().daemon().name("nexus-heap").start(NativeHeap::watch);
    }

    private static void watch() {
        Release release = new Release(look());
        try {
            while (true) {
                Thread.sleep(BETWEEN_LOOKS);
                if (release.isDue(look())) {
                    giveBack();
                    release.done(look());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void giveBack() {
        Object usual = RuntimeOptions.get(KEPT_FREE);
        RuntimeOptions.set(KEPT_FREE, 1L << 20);
        try {
            System.gc();
        } finally {
            RuntimeOptions.set(KEPT_FREE, usual);
        }
        FilePages.release();
    }

    private static Release.Look look() {
        Runtime runtime = Runtime.getRuntime();
        long collections = ManagementFactory.getGarbageCollectorMXBeans().stream()
                .mapToLong(GarbageCollectorMXBean::getCollectionCount)
                .sum();
        return new Release.Look(runtime.totalMemory() - runtime.freeMemory(), collections);
    }
}
