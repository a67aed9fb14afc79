package nexus.command.start;

import io.quarkus.runtime.ImageMode;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import nexus.embedded.EmbeddedDatabase;
import org.jspecify.annotations.Nullable;

/**
 * Stops the embedded database on SIGTERM, after the application. The virtual machine runs all shutdown hooks in
 * parallel, but the application needs its database until it has stopped. A native executable exits with the status of
 * the application, a virtual machine with that of the signal.
 */
public final class LastToStop implements AutoCloseable {
    private static final int NONE = -1;

    private final CountDownLatch applicationEnded = new CountDownLatch(1);
    private final @Nullable EmbeddedDatabase database;
    private final Duration patience;
    private volatile boolean applicationStarted;
    private volatile int status = NONE;

    private LastToStop(@Nullable EmbeddedDatabase database, Duration patience) {
        this.database = database;
        this.patience = patience;
    }

    /** @param database the database to stop, if it is the embedded one */
    public static LastToStop register(@Nullable EmbeddedDatabase database, Duration patience) {
        LastToStop last = new LastToStop(database, patience);
        Runtime.getRuntime().addShutdownHook(new Thread(last::stop, "nexus-last-to-stop"));
        return last;
    }

    /** Makes a stop wait for {@link #close}. */
    public void applicationStarts() {
        applicationStarted = true;
    }

    /** @return the same status */
    public int applicationEnds(int with) {
        status = with;
        return with;
    }

    private void stop() {
        try {
            if (applicationStarted) {
                boolean ended = applicationEnded.await(patience.toMillis(), TimeUnit.MILLISECONDS);
                if (!ended) {
                    System.err.println("nexus: ending under an application that did not end in time");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            if (database != null) {
                database.close();
            }
        }
        if (status != NONE && ImageMode.current() == ImageMode.NATIVE_RUN) {
            Runtime.getRuntime().halt(status);
        }
    }

    /** Signals that the application has stopped. */
    @Override
    public void close() {
        applicationEnded.countDown();
    }
}
