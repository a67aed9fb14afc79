package nexus.bench.subject;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import nexus.bench.receiver.Ledger;
import nexus.bench.receiver.Percentiles;

/** Ways to write events, each for a time and not for a count, so that a slow machine ends in time too. */
public final class Load {
    /** Enough that nobody waits for the writers, and little enough to be received soon. */
    private static final int BACKLOG = 4000;

    private static final int EVENTS_PER_COMMIT = 100;
    private static final long PAUSE_NANOS = 200_000;

    private final Ledger ledger;

    public Load(Ledger ledger) {
        this.ledger = ledger;
    }

    /**
     * Whether one event is received within so many seconds. To be asked first: a load waits for what was written before.
     */
    public boolean isReceived(EventSource writer, long seconds) throws Exception {
        writer.write(1);
        ledger.awaitAll(seconds);
        return ledger.outstanding() == 0;
    }

    /** Runs while the writers keep a few thousand events owed; then all are received, or a minute has passed. */
    public <T> T underBacklog(List<? extends EventSource> writers, Callable<T> measurement) throws Exception {
        boolean[] isOver = new boolean[1];
        try (ExecutorService threads = Executors.newFixedThreadPool(writers.size())) {
            List<Future<Void>> writing = writers.stream()
                    .map(writer -> threads.submit(() -> keepBacklog(writer, isOver)))
                    .toList();
            try {
                return measurement.call();
            } finally {
                synchronized (isOver) {
                    isOver[0] = true;
                }
                for (Future<Void> one : writing) {
                    result(one);
                }
                ledger.awaitAll(60);
            }
        }
    }

    private Void keepBacklog(EventSource writer, boolean[] isOver) throws Exception {
        while (true) {
            synchronized (isOver) {
                if (isOver[0]) {
                    return null;
                }
            }
            if (ledger.outstanding() < BACKLOG) {
                writer.write(EVENTS_PER_COMMIT);
            } else {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    /**
     * So many a second, evenly; what is late is committed together with what is due.
     *
     * @return from sending a commit to receipt, once all are received or a minute has passed
     */
    public Percentiles atRate(EventSource writer, int perSecond, double seconds) throws Exception {
        long first = ledger.next();
        write(writer, perSecond, seconds);
        ledger.awaitAll(60);
        return ledger.latencies(first, ledger.next());
    }

    /** The same without waiting for the receipts. */
    public static void write(EventSource writer, int perSecond, double seconds) throws Exception {
        long start = System.nanoTime();
        long nanosPerEvent = TimeUnit.SECONDS.toNanos(1) / perSecond;
        long total = (long) (perSecond * seconds);
        long written = 0;
        while (written < total) {
            long due = Math.min(total, (System.nanoTime() - start) / nanosPerEvent + 1);
            if (due > written) {
                writer.write((int) (due - written));
                written = due;
            }
            LockSupport.parkNanos(start + written * nanosPerEvent - System.nanoTime());
        }
    }

    private static void result(Future<?> done) throws Exception {
        try {
            done.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }
}
