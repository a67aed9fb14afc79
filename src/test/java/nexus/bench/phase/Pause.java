package nexus.bench.phase;

/** Waits while others work. */
final class Pause {
    private Pause() {}

    static void seconds(double seconds) throws InterruptedException {
        Thread.sleep((long) (seconds * 1000));
    }
}
