package nexus.webhook;

import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.proxy.ProxyConnectException;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.core.http.HttpClosedException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;

/** A failed connection in words for the attempt's log. They must not hold the URL or a header: both may be secret. */
final class FailureText {
    private static final Pattern PROXY_STATUS = Pattern.compile("status: ([0-9]{3})");

    private FailureText() {}

    static String of(Throwable cause) {
        return switch (cause) {
            case NoRouteToHostException e -> "no route to the host";
            case ProxyConnectException e -> "the proxy opened no tunnel" + status(e);
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

    /** What the proxy answered, where it did; the rest of the message says where the proxy is. */
    private static String status(ProxyConnectException e) {
        Matcher status = PROXY_STATUS.matcher(String.valueOf(e.getMessage()));
        return status.find() ? ": it answered " + status.group(1) : "";
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
