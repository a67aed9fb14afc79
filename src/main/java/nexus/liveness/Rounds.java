package nexus.liveness;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * A loop on a timer: a round, a pause, the next round, until it is stopped. Rounds never overlap, and a failed round is
 * followed by the next one after the same pause. Whoever makes it owns it and logs the failures of its rounds. Safe for
 * any thread.
 */
public final class Rounds {
    private final Vertx vertx;
    private final LoopHeartbeats heartbeats;
    private final String name;
    private final Duration pause;
    private final Duration slowestRound;
    private final Supplier<? extends Future<?>> round;
    private boolean running; // guarded by this
    private Future<?> current = Future.succeededFuture(); // guarded by this
    private long timer; // guarded by this; starts the next round

    /**
     * @param name under which the liveness probe shows the loop
     * @param pause between the end of a round and the start of the next one
     * @param slowestRound the longest time that a round of a loop that is alive takes, waits for a database included
     * @param round starts a round and returns its end; may throw
     */
    public Rounds(
            Vertx vertx,
            LoopHeartbeats heartbeats,
            String name,
            Duration pause,
            Duration slowestRound,
            Supplier<? extends Future<?>> round) {
        this.vertx = vertx;
        this.heartbeats = heartbeats;
        this.name = name;
        this.pause = pause;
        this.slowestRound = slowestRound;
        this.round = round;
    }

    /** Begins with a round. Does nothing while the loop runs. */
    public synchronized void start() {
        if (!running) {
            running = true;
            begin();
        }
    }

    /** Begins with a pause. Does nothing while the loop runs. */
    public synchronized void startAfterPause() {
        if (!running) {
            running = true;
            pause();
        }
    }

    /** @return completed when no round is in progress any more; it never fails */
    public synchronized Future<?> stop() {
        running = false;
        heartbeats.stopped(name);
        vertx.cancelTimer(timer);
        return current.otherwiseEmpty();
    }

    private synchronized void begin() {
        if (running) {
            beat();
            current =
                    Future.<Void>succeededFuture().compose(begun -> round.get().mapEmpty());
            current.onComplete(done -> pause());
        }
    }

    private synchronized void pause() {
        if (running) {
            beat();
            timer = vertx.setTimer(pause.toMillis(), over -> begin());
        }
    }

    private void beat() {
        heartbeats.beat(name, pause.plus(slowestRound));
    }
}
