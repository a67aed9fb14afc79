package nexus.webhook.answer;

import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.proxy.ProxyConnectException;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.StreamResetException;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A failed connection in words for the attempt's log. They hold no URL, no header and no byte of the receiver: all may be
 * secret.
 */
public final class FailureText {
    private static final Logger LOG = Logger.getLogger(FailureText.class);
    private static final Pattern PROXY_STATUS = Pattern.compile("status: ([0-9]{3})");
    private static final Pattern ALERT = Pattern.compile("fatal alert: ([a-z_]{1,40})");
    private static final Pattern GO_AWAY = Pattern.compile("GOAWAY error code = ([0-9]{1,10})");
    private static final long WARN_INTERVAL = Duration.ofMinutes(1).toNanos();
    private static final AtomicLong WARNED_AT = new AtomicLong(); // System.nanoTime(); 0: never
    private static final String CLOSED = "the connection was closed before an answer";

    private FailureText() {}

    public static String of(Throwable thrown) {
        List<Throwable> causes = causes(thrown);
        for (Throwable cause : causes) {
            if (cause instanceof BrokenAnswer broken) {
                return broken.words();
            }
        }
        for (Throwable cause : causes) {
            if (cause instanceof ProxyConnectException proxy) {
                return "the proxy opened no tunnel" + status(proxy);
            }
        }
        for (Throwable cause : causes) {
            if (cause instanceof SSLException || cause instanceof GeneralSecurityException) {
                return "TLS: " + ofTls(causes);
            }
        }
        for (Throwable cause : causes) {
            String words = ofConnection(cause);
            if (words != null) {
                return words;
            }
        }
        if (String.valueOf(thrown.getMessage()).toLowerCase(Locale.ROOT).contains("closed")) {
            return CLOSED;
        }
        warn(thrown);
        return "the request failed for a reason that Nexus has no words for";
    }

    /** Logs where the failure comes from, at most once a minute, without its message, which may quote the receiver. */
    private static void warn(Throwable thrown) {
        long now = System.nanoTime();
        long last = WARNED_AT.get();
        if ((last == 0 || now - last >= WARN_INTERVAL) && WARNED_AT.compareAndSet(last, now)) {
            LOG.warnf(
                    "a request failed for a reason without words class=%s at=%s",
                    thrown.getClass().getName(),
                    Arrays.stream(thrown.getStackTrace()).limit(8).toList());
        }
    }

    private static @Nullable String ofConnection(Throwable cause) {
        return switch (cause) {
            case NoRouteToHostException e -> "no route to the host";
            case UnknownHostException e -> "a host name has no address";
            case BindException e -> "no local port is free";
            case ConnectException e -> "connection refused";
            case HttpClosedException e -> ofClosed(String.valueOf(e.getMessage()));
            case ClosedChannelException e -> CLOSED;
            case StreamResetException e -> "the receiver reset the request (HTTP/2 " + name(e.getCode()) + ")";
            case Http2Exception e -> "the receiver breaks HTTP/2 (" + e.error() + ")";
            case SocketException e
            when String.valueOf(e.getMessage()).contains("unreachable") -> "no route to the host";
            case IOException e
            when String.valueOf(e.getMessage()).contains("Too many open files") -> "Nexus has no file descriptor left";
            case IOException e -> "the connection broke before an answer";
            case TooLongFrameException e -> "the answer's headers are too large";
            case ConnectionPoolTooBusyException e -> "too many requests wait for this host";
            case IllegalStateException e -> "Nexus is stopping";
            default -> null;
        };
    }

    private static String ofTls(List<Throwable> causes) {
        for (Throwable cause : causes) {
            String words = ofTls(cause);
            if (words != null) {
                return words;
            }
        }
        return "the handshake failed";
    }

    private static @Nullable String ofTls(Throwable cause) {
        String message = String.valueOf(cause.getMessage());
        Matcher alert = ALERT.matcher(message);
        if (alert.find()) {
            return ofAlert(alert.group(1));
        }
        return switch (cause) {
            case NotSslRecordException e -> "the receiver does not speak TLS on this port";
            case SslHandshakeTimeoutException e -> "the handshake took too long";
            case CertificateExpiredException e -> "the receiver's certificate has expired";
            case CertificateNotYetValidException e -> "the receiver's certificate is not valid yet";
            case CertPathBuilderException e ->
                "the receiver's certificate is not trusted: there is no valid certification path to a known authority";
            case CertPathValidatorException e
            when e.getReason() == CertPathValidatorException.BasicReason.REVOKED ->
                "the receiver's certificate is revoked";
            case ClosedChannelException e -> "the connection was closed during the handshake";
            case IOException e when !(e instanceof SSLException) -> "the connection broke during the handshake";
            default -> ofTlsMessage(message);
        };
    }

    private static @Nullable String ofTlsMessage(String message) {
        if (message.startsWith("No name matching ") || message.startsWith("No subject alternative ")) {
            return "the receiver's certificate is for another name: "
                    + message.replaceFirst("^No", "no").replaceFirst("\\.$", "");
        } else if (message.contains("closed while SSL/TLS handshake") || message.contains("closing inbound before")) {
            return "the connection was closed during the handshake";
        } else if (message.startsWith("Illegal given domain name") || message.contains("non-LDH ASCII")) {
            return "no certificate can be checked for a host name with an underscore";
        } else if (message.contains("certificate expired")) {
            return "the receiver's certificate has expired";
        } else if (message.startsWith("Invalid ECDH") || message.contains("constraints")) {
            return "the receiver's certificate or key uses an algorithm that is too weak";
        } else if (message.contains("No appropriate protocol") || message.contains("protocol version")) {
            return "the receiver speaks no version of TLS that Nexus does";
        } else {
            return null;
        }
    }

    private static String ofAlert(String alert) {
        return switch (alert) {
            case "certificate_required" -> "the receiver requires a client certificate (alert certificate_required)";
            case "bad_certificate",
                    "unsupported_certificate",
                    "certificate_revoked",
                    "certificate_expired",
                    "certificate_unknown",
                    "unknown_ca",
                    "access_denied" -> "the receiver requires another client certificate (alert " + alert + ")";
            case "protocol_version" -> "the receiver speaks no version of TLS that Nexus does (alert protocol_version)";
            case "unrecognized_name" -> "the receiver has no certificate for this host (alert unrecognized_name)";
            case "no_application_protocol" ->
                "the receiver speaks neither HTTP/1.1 nor HTTP/2 here (alert no_application_protocol)";
            default -> "the receiver refused the handshake (alert " + alert + ")";
        };
    }

    /** By its message: {@link HttpClosedException#goAway()} reads a buffer that is released by then. */
    private static String ofClosed(String message) {
        Matcher goAway = GO_AWAY.matcher(message);
        if (!goAway.find()) {
            return CLOSED;
        }
        long code = Long.parseLong(goAway.group(1));
        return code == Http2Error.NO_ERROR.code()
                ? "the receiver closed the connection before an answer (HTTP/2 GOAWAY)"
                : "the receiver closed the connection (HTTP/2 GOAWAY " + name(code) + ")";
    }

    /** The name that RFC 9113 gives to an error code. */
    private static String name(long code) {
        Http2Error error = Http2Error.valueOf(code);
        return error == null ? "code " + code : error.name();
    }

    /** The answer of the proxy, if any; the rest of the message contains the address of the proxy. */
    private static String status(ProxyConnectException e) {
        Matcher status = PROXY_STATUS.matcher(String.valueOf(e.getMessage()));
        return status.find() ? ": it answered " + status.group(1) : "";
    }

    /** From the innermost: the outer messages only say that there was a handshake. */
    private static List<Throwable> causes(Throwable thrown) {
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        List<Throwable> causes = new ArrayList<>();
        for (Throwable cause = thrown; cause != null && seen.add(cause); cause = cause.getCause()) {
            causes.addFirst(cause);
        }
        return causes;
    }
}
