package nexus.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** A port of loopback that nobody listens on. */
public final class FreePort {
    private static final int FIRST = 20_000;
    private static final int COUNT = 12_000;
    private static final AtomicInteger GIVEN = new AtomicInteger();

    private FreePort() {}

    /**
     * Not one that the system gives: until it is listened on, a connection of anybody's may get it too. A hundred for
     * each process of the tests, so that those that run at once have others.
     */
    public static int next() {
        return IntStream.generate(
                        () -> Math.floorMod(ProcessHandle.current().pid() * 100 + GIVEN.getAndIncrement(), COUNT))
                .map(next -> FIRST + next)
                .filter(FreePort::isFree)
                .findFirst()
                .orElseThrow();
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (BindException e) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
