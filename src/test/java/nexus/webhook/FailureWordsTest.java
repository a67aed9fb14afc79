package nexus.webhook;

import static nexus.webhook.TestSending.result;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.PemTrustOptions;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import nexus.target.SendResult;
import nexus.testkit.RawHttp2;
import nexus.testkit.RawReceiver;
import nexus.testkit.RawReceiver.Script;
import nexus.testkit.ScriptedReceiver;
import nexus.testkit.TestCertificate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever a receiver does wrong is told in words: no class name, and no byte of the receiver in the words or in a log,
 * except in one warning for its host, in Nexus's words.
 */
class FailureWordsTest {
    private static final Vertx VERTX = Vertx.vertx();
    /** Stands for a payload that the receiver sends back. */
    private static final String SECRET = "s3cr3t-echo";

    private static TestCertificate certificate = new TestCertificate(Path.of(""));
    private static TestCertificate otherName = new TestCertificate(Path.of(""));

    private final List<String> logged = new CopyOnWriteArrayList<>();
    private final Handler log = new Handler() {
        @Override
        public void publish(LogRecord entry) {
            if (entry.getLevel().intValue() >= Level.INFO.intValue()) {
                StringBuilder text =
                        new StringBuilder(entry.getLoggerName()).append(": ").append(entry.getMessage());
                Object[] parameters = entry.getParameters();
                text.append(parameters == null ? "" : List.of(parameters));
                for (Throwable cause = entry.getThrown(); cause != null; cause = cause.getCause()) {
                    text.append(" / ").append(cause);
                }
                logged.add(text.toString());
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeAll
    static void makeCertificates(@TempDir Path folder) throws Exception {
        certificate = TestCertificate.make(folder, "127.0.0.1");
        otherName = TestCertificate.make(folder, "other.example");
    }

    @BeforeEach
    void listenToTheLog() {
        Logger.getLogger("").addHandler(log);
    }

    @AfterEach
    void stopListening() {
        Logger.getLogger("").removeHandler(log);
    }

    @AfterAll
    static void closeVertx() {
        VERTX.close();
    }

    static Stream<Arguments> brokenAnswers() {
        String ok = "HTTP/1.1 200 OK\r\n";
        return Stream.of(
                Arguments.of(SECRET + "\r\n\r\n", "status line is malformed"),
                Arguments.of("SSH-2.0-" + SECRET + "\r\n", "status line is malformed"),
                Arguments.of("220 " + SECRET + " ESMTP\r\n", "status line is malformed"),
                Arguments.of("{\"a\":\"" + SECRET + "\"}\r\n\r\n", "status line is malformed"),
                Arguments.of("HTTP/1.1 2OO " + SECRET + "\r\n\r\n", "status line is malformed"),
                Arguments.of("HTTP/9.9 200 " + SECRET + "\r\n\r\n", "another version of HTTP"),
                Arguments.of(ok + SECRET + "\r\n\r\n", "a header of the answer has no colon"),
                Arguments.of(ok + "A\0" + SECRET + ": b\r\n\r\n", "a header of the answer is malformed"),
                Arguments.of(ok + "A" + SECRET + "\u00e9: b\r\n\r\n", "a header of the answer is malformed"),
                Arguments.of(ok + "Content-Length: " + SECRET + "\r\n\r\n", "Content-Length"),
                Arguments.of(ok + "Content-Length: -1\r\n\r\n" + SECRET, "Content-Length"),
                Arguments.of(ok + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n" + SECRET, "Content-Length"),
                Arguments.of(ok + "Content-Length: 99999999999999999999\r\n\r\n" + SECRET, "Content-Length"),
                Arguments.of(ok + "A: " + SECRET.repeat(2_000) + "\r\n\r\n", "headers are too large"),
                Arguments.of("HTTP/1.1 200 " + SECRET.repeat(1_000) + "\r\n\r\n", "first line is too long"),
                Arguments.of("HTTP/1.1 200 " + SECRET + "\nA: b\n\n", "does not end with CR LF"),
                Arguments.of(
                        ok + "Transfer-Encoding: chunked\r\n\r\n" + SECRET + "\r\n",
                        "a chunk of the answer is malformed"),
                Arguments.of(
                        ok + "Transfer-Encoding: chunked\r\n\r\n1\r\n" + SECRET, "a chunk of the answer is malformed"),
                Arguments.of(
                        ok + "Transfer-Encoding: chunked\r\n\r\n-1\r\n" + SECRET, "a chunk of the answer is malformed"),
                Arguments.of(ok + "Transfer-Encoding: " + SECRET + "\r\n\r\n", "Transfer-Encoding is not chunked"),
                Arguments.of("HTTP/1.1 101 " + SECRET + "\r\nUpgrade: " + SECRET + "\r\n\r\n", "answered 101"),
                Arguments.of("HTTP/1.1 999 " + SECRET + "\r\nContent-Length: 0\r\n\r\n", "999"),
                Arguments.of("HTTP/1.1 42 " + SECRET + "\r\nContent-Length: 0\r\n\r\n", "42"),
                Arguments.of(ok + "Content-Length: 100\r\n\r\n" + SECRET, "broke in the middle of the answer"),
                Arguments.of(ok + "A: " + SECRET, "closed in the middle of the answer's headers"),
                Arguments.of("", "the connection was closed before an answer"),
                Arguments.of("\u0015\u0003\u0001\0\u0002\u0002F", "speaks TLS on this port"),
                Arguments.of("\0\0\6\4\0\0\0\0\0\0\3\0\0\0d", "only HTTP/2"));
    }

    @ParameterizedTest
    @MethodSource("brokenAnswers")
    void aBrokenAnswerIsToldInWords(String answer, String words) throws Exception {
        Script script = connection -> {
            connection.readRequest();
            connection.send(answer);
        };
        try (RawReceiver receiver = RawReceiver.start(script);
                TestSending sending = TestSending.overOneConnection(VERTX, Duration.ofSeconds(10))) {
            assertTold(result(sending.send(receiver.uri("/"), "{}")), words);
        }
        assertThat(logged).noneMatch(line -> line.contains(SECRET));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 204 No Content\r\nContent-Length: 11\r\n\r\n" + SECRET,
                "HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 200 " + SECRET + "\r\nA" + SECRET + "\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" + SECRET
            })
    void anEchoAfterAnAnswerIsLoggedOnceAHostAndWithoutItsBytes(String answer) throws Exception {
        Script script = connection -> {
            while (true) {
                connection.readRequest();
                connection.send(answer);
            }
        };
        try (RawReceiver receiver = RawReceiver.start(script);
                TestSending sending = TestSending.overOneConnection(VERTX, Duration.ofSeconds(10))) {
            for (int i = 0; i < 5; i++) {
                assertThat(result(sending.send(receiver.uri("/"), "{}"))).isInstanceOf(SendResult.Delivered.class);
            }
            assertThat(receiver.requests()).as("none is sent twice").hasSize(5);
        }
        assertThat(logged).noneMatch(line -> line.contains(SECRET));
        assertThat(logged.stream().filter(line -> line.contains("breaks HTTP"))).hasSize(1);
    }

    static Stream<Arguments> brokenTls() {
        return Stream.of(
                Arguments.of("HTTP/1.1 400 " + SECRET + "\r\n\r\n", "does not speak TLS"),
                Arguments.of("220 " + SECRET + " ESMTP\r\n", "does not speak TLS"),
                Arguments.of("", "closed during the handshake"),
                Arguments.of("\u0015\u0003\u0003\0\u0002\u0002(", "handshake_failure"),
                Arguments.of("\u0015\u0003\u0003\0\u0002\u0002F", "no version of TLS"),
                Arguments.of("\u0015\u0003\u0003\0\u0002\u0002p", "no certificate for this host"));
    }

    @ParameterizedTest
    @MethodSource("brokenTls")
    void aHandshakeThatFailsIsToldInWords(String answer, String words) throws Exception {
        Script script = connection -> {
            connection.in().read();
            connection.send(answer);
            connection.socket().shutdownOutput();
            connection.awaitClosed();
        };
        try (RawReceiver receiver = RawReceiver.start(script);
                TestSending sending = TestSending.overOneConnection(VERTX, Duration.ofSeconds(10))) {
            URI endpoint = URI.create(receiver.uri("/").toString().replaceFirst("http", "https"));
            assertTold(result(sending.send(endpoint, "{}")), words);
        }
        assertThat(logged).noneMatch(line -> line.contains(SECRET));
    }

    @ParameterizedTest
    @CsvSource({"false, http/1.1", "true, h2"})
    void aMissingClientCertificateIsToldInWords(boolean useAlpn, String protocol) throws Exception {
        try (ScriptedReceiver receiver = ScriptedReceiver.start(certificate
                        .serverOptions()
                        .setUseAlpn(useAlpn)
                        .setClientAuth(ClientAuth.REQUIRED)
                        .setTrustOptions(
                                new PemTrustOptions().addCertValue(Buffer.buffer(certificate.certificate()))));
                TestSending sending = TestSending.overOneConnection(VERTX, Duration.ofSeconds(10))) {
            URI endpoint = URI.create("https://127.0.0.1:" + receiver.port() + "/");
            assertTold(result(sending.trusting(certificate).send(endpoint, "{}")), "client certificate");
        }
    }

    @ParameterizedTest
    @CsvSource({"true, is not trusted", "false, is for another name"})
    void aCertificateThatIsRefusedIsToldInWords(boolean isUntrusted, String words) throws Exception {
        try (ScriptedReceiver receiver = ScriptedReceiver.start(otherName.serverOptions());
                TestSending sending = TestSending.overOneConnection(VERTX, Duration.ofSeconds(10))) {
            URI endpoint = URI.create("https://127.0.0.1:" + receiver.port() + "/");
            assertTold(result((isUntrusted ? sending : sending.trusting(otherName)).send(endpoint, "{}")), words);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 400 Bad\r\n\r\n", "\0\0\0\7\0\0\0\0\0", ""})
    void aBrokenBeginningOfHttp2IsToldInWords(String beginning) throws Exception {
        Script script = connection -> {
            connection.in().read();
            connection.send(beginning + (beginning.isEmpty() ? "" : SECRET.repeat(100)));
        };
        try (RawReceiver receiver = RawReceiver.startTls(certificate.context().getServerSocketFactory(), script, "h2");
                TestSending sending = TestSending.overOneConnection(VERTX, Duration.ofSeconds(10))) {
            assertTold(result(sending.trusting(certificate).send(receiver.uri("/"), "{}")), "");
        }
        assertThat(logged).noneMatch(line -> line.contains(SECRET));
    }

    @ParameterizedTest
    @ValueSource(ints = {RawHttp2.DATA, RawHttp2.HEADERS, RawHttp2.PUSH_PROMISE, RawHttp2.CONTINUATION, 200})
    void brokenFramesOfHttp2AreToldInWords(int type) throws Exception {
        Script script = connection -> {
            RawHttp2 http = RawHttp2.begin(connection);
            int stream = http.readRequest().stream();
            http.frame(type, 0, stream + 2, SECRET.getBytes(StandardCharsets.US_ASCII));
            connection.socket().shutdownOutput();
            connection.awaitClosed();
        };
        try (RawReceiver receiver = RawReceiver.startTls(certificate.context().getServerSocketFactory(), script, "h2");
                TestSending sending = TestSending.overOneConnection(VERTX, Duration.ofSeconds(10))) {
            assertTold(result(sending.trusting(certificate).send(receiver.uri("/"), "{}")), "");
        }
        assertThat(logged).noneMatch(line -> line.contains(SECRET));
    }

    private static void assertTold(SendResult result, String words) {
        assertThat(result).isInstanceOf(SendResult.Unreachable.class);
        assertThat(result.error().orElseThrow())
                .contains(words)
                .doesNotContain("Exception", "null", "io.", "java", SECRET, "no words")
                .matches("[\\x20-\\x7e]{10,250}");
    }
}
