package nexus.webhook;

import io.netty.handler.codec.TooLongFrameException;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.core.http.HttpClosedException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import javax.net.ssl.SSLException;

/** A failed connection in words for the attempt's log. They must not hold the URL or a header: both may be secret. */
final class FailureText {
    private FailureText() {}

    static String of(Throwable cause) {
        return switch (cause) {
            case NoRouteToHostException e -> "no route to the host";
            case ConnectException e -> "connection refused";
            case SSLException e -> "TLS: " + rootCause(e).getMessage();
            case HttpClosedException e -> "the connection was closed before an answer";
            case SocketException e
            when String.valueOf(e.getMessage()).contains("unreachable") -> "no route to the host";
            case IOException e -> "the connection broke before an answer";
            case TooLongFrameException e -> "the answer's headers are too large";
            case ConnectionPoolTooBusyException e -> "too many requests wait for this host";
            default -> "no HTTP came of it (" + cause.getClass().getSimpleName() + ")";
        };
    }

    /** The outer messages only say that there was a handshake. */
    private static Throwable rootCause(Throwable thrown) {
        Throwable root = thrown;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }
}
