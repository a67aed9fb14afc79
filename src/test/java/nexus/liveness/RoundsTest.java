package nexus.liveness;

import static nexus.testkit.TestPostgres.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import nexus.testkit.TestPostgres;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RoundsTest {
    private static final Duration SHORT = Duration.ofMillis(1);
    private static final Duration NEVER = Duration.ofHours(1);

    private final Vertx vertx = TestPostgres.vertx();
    private final LoopHeartbeats heartbeats = new LoopHeartbeats();
    private final BlockingQueue<Promise<Void>> begun = new LinkedBlockingQueue<>();
    private Rounds rounds = rounds(NEVER, this::begin);

    private Rounds rounds(Duration pause, Supplier<Future<?>> round) {
        return new Rounds(vertx, heartbeats, "trial", pause, NEVER, round);
    }

    private Future<Void> begin() {
        Promise<Void> round = Promise.promise();
        begun.add(round);
        return round.future();
    }

    private Promise<Void> next() throws InterruptedException {
        Promise<Void> round = begun.poll(20, TimeUnit.SECONDS);
        assertThat(round).as("the next round").isNotNull();
        return round;
    }

    @AfterEach
    void stop() {
        Future<?> stopped = rounds.stop();
        begun.forEach(Promise::tryComplete);
        await(stopped);
    }

    @Test
    void theNextRoundBeginsWhenTheOneBeforeIsOver() throws InterruptedException {
        rounds = rounds(SHORT, this::begin);
        rounds.start();
        Promise<Void> first = next();
        assertThat(begun).isEmpty();
        first.complete();
        next().complete();
    }

    @Test
    void aRoundThatFailsOrThrowsIsFollowedByTheNext() throws InterruptedException {
        AtomicInteger calls = new AtomicInteger();
        rounds = rounds(SHORT, () -> switch (calls.getAndIncrement()) {
            case 0 -> throw new IllegalStateException("thrown");
            case 1 -> Future.failedFuture("failed");
            default -> begin();
        });
        rounds.start();
        next().complete();
        assertThat(calls.get()).isGreaterThanOrEqualTo(3);
    }

    @Test
    void startingTwiceIsStartingOnce() throws InterruptedException {
        rounds.start();
        rounds.start();
        rounds.startAfterPause();
        next().complete();
        assertThat(begun).isEmpty();
    }

    @Test
    void aStopWaitsForTheRoundInProgressAndNoOtherFollows() throws InterruptedException {
        rounds = rounds(SHORT, this::begin);
        rounds.start();
        Promise<Void> inProgress = next();
        Future<?> stopped = rounds.stop();
        assertThat(stopped.isComplete()).isFalse();
        inProgress.fail("as it may");
        await(stopped);
        assertThat(begun).isEmpty();
        assertThat(heartbeats.silences()).doesNotContainKey("trial");
    }

    @Test
    void theLoopIsWatchedFromItsStartToItsStop() {
        rounds.startAfterPause();
        assertThat(heartbeats.silences()).containsKey("trial");
        await(rounds.stop());
        assertThat(heartbeats.silences()).isEmpty();
        assertThat(begun).isEmpty();
    }
}
