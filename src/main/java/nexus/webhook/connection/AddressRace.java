package nexus.webhook.connection;

import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Connects to the first of a name's addresses that answers. The next attempt begins when one fails, or has been silent
 * for a moment, while the others go on; connections after the winner are returned. Belongs to one event loop.
 *
 * @param <C> a connection
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8305#section-5">RFC 8305, 5</a>
 */
final class AddressRace<C> {
    /** So long one address may be silent before the next is tried. */
    private static final Duration HEAD_START = Duration.ofMillis(250);

    /** A stranger's name server may name any number of addresses. */
    private static final int MAX_ADDRESSES = 32;

    private static final int MAX_UNDER_WAY = 4;

    private final Vertx vertx;
    private final Deque<InetAddress> untried;
    private final long headStartMillis;
    private final long endsAt; // System.nanoTime()
    private final Function<InetAddress, Future<C>> connector;
    private final Consumer<C> giveBack;
    private final Promise<Reached<C>> winner = Promise.promise();
    private int underWay;
    private long timer = -1;
    private @Nullable Throwable failure;

    /** @param address the one it leads to */
    record Reached<C>(InetAddress address, C connection) {}

    /**
     * A race that has not begun.
     *
     * @param addresses in the order in which they are tried; at least one
     * @param timeLeft after it no attempt begins; a quarter of it is the longest head start
     * @param connector may take as long as it wants
     * @param giveBack takes a connection that came too late
     */
    AddressRace(
            Vertx vertx,
            List<InetAddress> addresses,
            Duration timeLeft,
            Function<InetAddress, Future<C>> connector,
            Consumer<C> giveBack) {
        this.vertx = vertx;
        this.untried = new ArrayDeque<>(addresses.subList(0, Math.min(MAX_ADDRESSES, addresses.size())));
        this.headStartMillis = headStart(timeLeft).toMillis();
        this.endsAt = System.nanoTime() + timeLeft.toNanos();
        this.connector = connector;
        this.giveBack = giveBack;
    }

    /** @return fails with the last failure, or with one that says more than that there was no connection */
    Future<Reached<C>> run() {
        tryNext();
        return winner.future();
    }

    private void tryNext() {
        timer = -1;
        if (winner.future().isComplete() || underWay >= MAX_UNDER_WAY) {
            return;
        }
        boolean isFirst = underWay == 0 && failure == null;
        InetAddress address = isFirst || System.nanoTime() - endsAt < 0 ? untried.poll() : null;
        if (address == null) {
            if (underWay == 0) {
                winner.tryFail(failure == null ? new IllegalStateException("no address") : failure);
            }
            return;
        }
        underWay++;
        if (!untried.isEmpty()) {
            timer = vertx.setTimer(headStartMillis, silent -> tryNext());
        }
        attempt(address).onComplete(done -> ended(address, done));
    }

    private Future<C> attempt(InetAddress address) {
        try {
            return connector.apply(address);
        } catch (RuntimeException e) {
            return Future.failedFuture(e);
        }
    }

    private void ended(InetAddress address, AsyncResult<C> attempt) {
        underWay--;
        if (attempt.succeeded()) {
            if (winner.tryComplete(new Reached<>(address, attempt.result()))) {
                stopTimer();
            } else {
                giveBack.accept(attempt.result());
            }
            return;
        }
        if (failure == null || failure instanceof SocketException) {
            failure = attempt.cause();
        }
        stopTimer();
        tryNext();
    }

    /** Short enough for a third address, whatever time there is. */
    static Duration headStart(Duration timeLeft) {
        return Duration.ofMillis(Math.clamp(timeLeft.toMillis() / 4, 1, HEAD_START.toMillis()));
    }

    private void stopTimer() {
        if (timer >= 0) {
            vertx.cancelTimer(timer);
        }
    }

    /**
     * The families in turn, so that one that leads nowhere costs one head start, not one for each of its addresses.
     *
     * @param preferred tried first where it is among them, because it was reached a moment ago; null for none
     */
    static List<InetAddress> order(List<InetAddress> addresses, @Nullable InetAddress preferred) {
        List<InetAddress> ordered = new ArrayList<>();
        Deque<InetAddress> family = new ArrayDeque<>();
        Deque<InetAddress> other = new ArrayDeque<>();
        for (InetAddress address : addresses) {
            if (address.equals(preferred)) {
                ordered.add(address);
            } else if (isIpv6(address) == isIpv6(addresses.getFirst())) {
                family.add(address);
            } else {
                other.add(address);
            }
        }
        while (!family.isEmpty() || !other.isEmpty()) {
            addFirst(family, ordered);
            addFirst(other, ordered);
        }
        return ordered;
    }

    private static void addFirst(Deque<InetAddress> from, List<InetAddress> to) {
        InetAddress first = from.poll();
        if (first != null) {
            to.add(first);
        }
    }

    private static boolean isIpv6(InetAddress address) {
        return address instanceof Inet6Address;
    }
}
