package nexus.webhook.answer;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.core.http.GoAway;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.StreamResetException;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FailureTextTest {
    private static Throwable handshake(Throwable cause) {
        return new SSLHandshakeException("Failed to create SSL connection").initCause(cause);
    }

    private static Throwable alert(String name) {
        return new DecoderException(new SSLHandshakeException("Received fatal alert: " + name));
    }

    static Stream<Arguments> failures() {
        return Stream.of(
                Arguments.of(new ConnectException("Connection refused: /10.0.0.1:80"), "connection refused"),
                Arguments.of(new NoRouteToHostException("No route to host: /10.0.0.1"), "no route to the host"),
                Arguments.of(new SocketException("Network is unreachable"), "no route to the host"),
                Arguments.of(new BindException("Address already in use"), "no local port is free"),
                Arguments.of(new UnknownHostException("proxy.example"), "a host name has no address"),
                Arguments.of(new IOException("Connection reset by peer"), "the connection broke before an answer"),
                Arguments.of(new IOException("Too many open files"), "Nexus has no file descriptor left"),
                Arguments.of(new ClosedChannelException(), "the connection was closed before an answer"),
                Arguments.of(
                        new HttpClosedException("Connection was closed"), "the connection was closed before an answer"),
                Arguments.of(
                        new HttpClosedException(new GoAway().setErrorCode(0)),
                        "the receiver closed the connection before an answer (HTTP/2 GOAWAY)"),
                Arguments.of(
                        new HttpClosedException(new GoAway().setErrorCode(11)),
                        "the receiver closed the connection (HTTP/2 GOAWAY ENHANCE_YOUR_CALM)"),
                Arguments.of(new StreamResetException(8), "the receiver reset the request (HTTP/2 CANCEL)"),
                Arguments.of(new StreamResetException(4711), "the receiver reset the request (HTTP/2 code 4711)"),
                Arguments.of(
                        Http2Exception.connectionError(Http2Error.COMPRESSION_ERROR, "secret"),
                        "the receiver breaks HTTP/2 (COMPRESSION_ERROR)"),
                Arguments.of(new ConnectionPoolTooBusyException("x"), "too many requests wait for this host"),
                Arguments.of(new IllegalStateException("Client is closed"), "Nexus is stopping"),
                Arguments.of(
                        new ArithmeticException("secret"),
                        "the request failed for a reason that Nexus has no words for"),
                Arguments.of(
                        handshake(new NotSslRecordException("not an SSL/TLS record: 5345435245")),
                        "TLS: the receiver does not speak TLS on this port"),
                Arguments.of(
                        handshake(new ClosedChannelException()), "TLS: the connection was closed during the handshake"),
                Arguments.of(
                        handshake(new IOException("Connection reset by peer")),
                        "TLS: the connection broke during the handshake"),
                Arguments.of(
                        handshake(new SslHandshakeTimeoutException("handshake timed out after 10000ms")),
                        "TLS: the handshake took too long"),
                Arguments.of(
                        handshake(new CertificateExpiredException("NotAfter: yesterday")),
                        "TLS: the receiver's certificate has expired"),
                Arguments.of(
                        handshake(new CertificateNotYetValidException("NotBefore: tomorrow")),
                        "TLS: the receiver's certificate is not valid yet"),
                Arguments.of(new SSLException("CN=secret"), "TLS: the handshake failed"),
                Arguments.of(
                        alert("certificate_required"),
                        "TLS: the receiver requires a client certificate (alert certificate_required)"),
                Arguments.of(
                        alert("bad_certificate"),
                        "TLS: the receiver requires another client certificate (alert bad_certificate)"),
                Arguments.of(
                        alert("handshake_failure"),
                        "TLS: the receiver refused the handshake (alert handshake_failure)"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void aFailureIsToldInWordsThatHoldNothingOfTheReceiver(Throwable cause, String words) {
        assertThat(FailureText.of(cause)).isEqualTo(words);
    }
}
