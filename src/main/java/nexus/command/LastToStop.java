package nexus.command;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import nexus.embedded.EmbeddedDatabase;

/**
 * Stops the embedded database on SIGTERM, after the application: the virtual machine runs its shutdown hooks all at
 * once, and the application needs its database until it has ended.
 */
final class LastToStop implements AutoCloseable {
    private final CountDownLatch applicationEnded = new CountDownLatch(1);
    private final Thread hook;
    private volatile boolean applicationStarted;

    private LastToStop(EmbeddedDatabase database, Duration patience) {
        this.hook = new Thread(() -> stop(database, patience), "nexus-embedded-stop");
    }

    static LastToStop register(EmbeddedDatabase database, Duration patience) {
        LastToStop last = new LastToStop(database, patience);
        Runtime.getRuntime().addShutdownHook(last.hook);
        return last;
    }

    /** From now on a stop waits for {@link #close}. */
    void applicationStarts() {
        applicationStarted = true;
    }

    private void stop(EmbeddedDatabase database, Duration patience) {
        try {
            if (applicationStarted) {
                boolean ended = applicationEnded.await(patience.toMillis(), TimeUnit.MILLISECONDS);
                if (!ended) {
                    System.err.println("nexus: stopping the database under an application that did not end in time");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            database.close();
        }
    }

    /** The application has ended. */
    @Override
    public void close() {
        applicationEnded.countDown();
    }
}
