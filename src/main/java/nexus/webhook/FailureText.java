package nexus.webhook;

import io.netty.handler.codec.TooLongFrameException;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.core.http.HttpClosedException;
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
            case SSLException e -> "TLS: " + e.getMessage();
            case HttpClosedException e -> "the connection was closed before an answer";
            case SocketException e -> "the connection was reset before an answer";
            case TooLongFrameException e -> "the answer's headers are too large";
            case ConnectionPoolTooBusyException e -> "too many requests wait for this host";
            default -> "no HTTP came of it (" + cause.getClass().getSimpleName() + ")";
        };
    }
}
