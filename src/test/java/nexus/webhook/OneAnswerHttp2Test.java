package nexus.webhook;

import static nexus.webhook.TestSending.result;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocket;
import nexus.target.SendResult;
import nexus.target.SendResult.Delivered;
import nexus.target.SendResult.Refused;
import nexus.target.SendResult.TimedOut;
import nexus.target.SendResult.Unreachable;
import nexus.testkit.RawHttp2;
import nexus.testkit.RawHttp2.Request;
import nexus.testkit.RawReceiver;
import nexus.testkit.RawReceiver.Script;
import nexus.testkit.ScriptedReceiver;
import nexus.testkit.TestCertificate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The same over HTTP/2, where in addition a receiver may say that it has not processed a request. */
class OneAnswerHttp2Test {
    private static final Vertx VERTX = Vertx.vertx();
    private static final String MACHINE_TRUST = "javax.net.ssl.trustStore";
    private static final String MACHINE_TRUST_PASSWORD = "javax.net.ssl.trustStorePassword";
    private static final int REFUSED_STREAM = 7;
    private static final int HTTP_1_1_REQUIRED = 13;

    private static TestCertificate certificate = new TestCertificate(Path.of(""));

    /** Answers one request in an odd way. */
    @FunctionalInterface
    interface Answering {
        void answer(RawHttp2 http, int stream) throws IOException;
    }

    @BeforeAll
    static void makeCertificate(@TempDir Path folder) throws Exception {
        certificate = TestCertificate.make(folder, "127.0.0.1");
        System.setProperty(MACHINE_TRUST, certificate.keyStore().toString());
        System.setProperty(MACHINE_TRUST_PASSWORD, TestCertificate.PASSWORD);
    }

    @AfterAll
    static void closeVertx() {
        System.clearProperty(MACHINE_TRUST);
        System.clearProperty(MACHINE_TRUST_PASSWORD);
        VERTX.close();
    }

    private static Arguments odd(String what, Class<? extends SendResult> expected, String words, Answering answering) {
        return Arguments.of(what, expected, words, answering);
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    static Stream<Arguments> oddAnswers() {
        return Stream.of(
                odd("102, then 200", Delivered.class, "", (http, stream) -> {
                    http.status(stream, 102, false);
                    http.status(stream, 200, true);
                }),
                odd("many of 100, 103 and 199", Delivered.class, "", (http, stream) -> {
                    for (int i = 0; i < 80; i++) {
                        http.status(stream, 100, false);
                        http.status(stream, 103, false);
                        http.status(stream, 199, false);
                    }
                    http.status(stream, 204, true);
                }),
                odd("102, then 500 with a body", Refused.class, "", (http, stream) -> {
                    http.status(stream, 102, false);
                    http.status(stream, 500, false);
                    http.frame(RawHttp2.DATA, RawHttp2.END_STREAM, stream, text("no"));
                }),
                odd("unknown frames", Delivered.class, "", (http, stream) -> {
                    for (int i = 0; i < 50; i++) {
                        http.frame(0xb7, 0, stream, text("unknown"));
                    }
                    http.status(stream, 200, true);
                }),
                odd("trailers", Delivered.class, "", (http, stream) -> {
                    http.status(stream, 200, false);
                    http.frame(RawHttp2.DATA, 0, stream, text("ok"));
                    http.frame(RawHttp2.HEADERS, 5, stream, new byte[] {0, 1, 'a', 1, 'b'});
                }),
                odd("101", Unreachable.class, "101", (http, stream) -> http.status(stream, 101, false)),
                odd(
                        "102 that ends the stream",
                        Unreachable.class,
                        "",
                        (http, stream) -> http.status(stream, 102, true)),
                odd(
                        "no status",
                        Unreachable.class,
                        "",
                        (http, stream) -> http.frame(RawHttp2.HEADERS, 5, stream, new byte[] {0, 1, 'a', 1, 'b'})),
                odd(
                        "a status of letters",
                        Unreachable.class,
                        "no status",
                        (http, stream) -> http.frame(RawHttp2.HEADERS, 5, stream, RawHttp2.statusBlock("2ok"))),
                odd("reset", Unreachable.class, "HTTP/2 INTERNAL_ERROR", (http, stream) -> http.reset(stream, 2)),
                odd(
                        "reset with an unknown code",
                        Unreachable.class,
                        "code 4711",
                        (http, stream) -> http.reset(stream, 4711)),
                odd("reset in the middle", Unreachable.class, "in the middle", (http, stream) -> {
                    http.status(stream, 200, false);
                    http.reset(stream, 8);
                }),
                odd("GOAWAY with an error", Unreachable.class, "ENHANCE_YOUR_CALM", (http, stream) -> {
                    http.goAway(stream, 11);
                    throw new IOException("closed");
                }));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("oddAnswers")
    void aNeighbourIsNeverGivenAPieceOfAnOddAnswer(
            String what, Class<? extends SendResult> expected, String words, Answering answering) throws Exception {
        Script script = connection -> {
            RawHttp2 http = RawHttp2.begin(connection);
            while (true) {
                Request request = http.readRequest();
                if (request.body().equals("odd")) {
                    answering.answer(http, request.stream());
                } else {
                    http.status(request.stream(), 500, true);
                }
            }
        };
        try (RawReceiver receiver = receiver(script);
                TestSending plain = TestSending.overOneConnection(VERTX, Duration.ofSeconds(10))) {
            TestSending sending = plain.trusting(certificate);
            Future<SendResult> first = sending.send(receiver.uri("/"), "odd");
            Future<SendResult> second = sending.send(receiver.uri("/"), "other");
            assertThat(result(first)).isInstanceOf(expected);
            assertThat(result(first).error().orElse("")).contains(words).doesNotContain("Exception");
            if (!what.startsWith("GOAWAY")) {
                assertThat(result(second)).isInstanceOf(Refused.class);
            }
            assertThat(result(sending.send(receiver.uri("/"), "third"))).isInstanceOf(Refused.class);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatAReceiverDidNotProcessIsSentAgainWithinTheAttempt(boolean byReset) throws Exception {
        AtomicInteger refused = new AtomicInteger();
        Script script = connection -> {
            RawHttp2 http = RawHttp2.begin(connection);
            while (true) {
                Request request = http.readRequest();
                if (refused.incrementAndGet() > 3) {
                    http.status(request.stream(), 200, true);
                } else if (byReset) {
                    http.reset(request.stream(), REFUSED_STREAM);
                } else {
                    http.goAway(Integer.MAX_VALUE, 0); // a graceful end announces itself so
                    http.goAway(0, 0);
                    connection.awaitClosed();
                }
            }
        };
        try (RawReceiver receiver = receiver(script);
                TestSending plain = TestSending.overOneConnection(VERTX, Duration.ofSeconds(10))) {
            assertThat(result(plain.trusting(certificate).send(receiver.uri("/"), "{}")))
                    .isInstanceOf(Delivered.class);
            assertThat(refused.get()).isEqualTo(4);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatAnAuthorizationServerDidNotProcessIsSentAgainWithinTheAttempt(boolean byReset) throws Exception {
        AtomicInteger asked = new AtomicInteger();
        Script script = connection -> {
            RawHttp2 http = RawHttp2.begin(connection);
            while (true) {
                int stream = http.readRequest().stream();
                if (asked.incrementAndGet() > 3) {
                    http.status(stream, 200, false);
                    http.frame(RawHttp2.DATA, RawHttp2.END_STREAM, stream, text("{\"access_token\":\"t\"}"));
                } else if (byReset) {
                    http.reset(stream, REFUSED_STREAM);
                } else {
                    http.goAway(0, 0);
                    connection.awaitClosed();
                }
            }
        };
        try (RawReceiver authority = receiver(script);
                ScriptedReceiver receiver = ScriptedReceiver.start();
                TestSending sending = TestSending.overOneConnection(VERTX, Duration.ofSeconds(10))) {
            assertThat(result(sending.withToken(authority.uri("/token")).send(receiver.uri("/"), "{}")))
                    .isInstanceOf(Delivered.class);
            assertThat(asked.get()).isEqualTo(4);
            assertThat(receiver.await(1).getFirst().header("Authorization")).isEqualTo("Bearer t");
        }
    }

    /** Vert.x makes the TLS of a client without a certificate of its own in another way. */
    @Test
    void aReceiverWhoseCertificateTheMachineTrustsIsReachedAndItsFramesAreBounded() throws Exception {
        Script script = connection -> {
            RawHttp2 http = RawHttp2.begin(connection);
            http.status(http.readRequest().stream(), 200, true);
            int endless = http.readRequest().stream();
            while (true) {
                http.frame(0xb7, 0, endless, text("unknown"));
            }
        };
        try (RawReceiver receiver = receiver(script);
                TestSending sending = TestSending.overOneConnection(VERTX, Duration.ofSeconds(10))) {
            assertThat(result(sending.send(receiver.uri("/"), "{}"))).isInstanceOf(Delivered.class);
            SendResult endless = result(sending.send(receiver.uri("/"), "{}"));
            assertThat(endless.error().orElse("")).contains("frames or bytes");
            assertThat(receiver.connections()).isEqualTo(1);
        }
    }

    /** RFC 9113, 7. It may say so of a request, or when it ends the connection: before the request or behind it. */
    @ParameterizedTest
    @ValueSource(strings = {"reset", "GOAWAY before", "GOAWAY behind"})
    void aReceiverThatRequiresHttp1GetsItWithinTheAttemptAndFromThenOn(String how) throws Exception {
        AtomicInteger http2 = new AtomicInteger();
        Script script = connection -> {
            if (protocol(connection).equals("h2")) {
                http2.incrementAndGet();
                RawHttp2 http = RawHttp2.begin(connection);
                int stream = http.readRequest().stream();
                if (how.equals("reset")) {
                    http.reset(stream, HTTP_1_1_REQUIRED);
                    connection.awaitClosed();
                } else {
                    http.goAway(how.endsWith("before") ? 0 : stream, HTTP_1_1_REQUIRED);
                }
                return;
            }
            while (true) {
                connection.readRequest();
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
            }
        };
        try (RawReceiver receiver =
                        RawReceiver.startTls(certificate.context().getServerSocketFactory(), script, "h2", "http/1.1");
                TestSending plain = TestSending.overOneConnection(VERTX, Duration.ofSeconds(10))) {
            TestSending sending = plain.trusting(certificate);
            assertThat(result(sending.send(receiver.uri("/"), "{}"))).isInstanceOf(Delivered.class);
            assertThat(result(sending.send(receiver.uri("/"), "{}"))).isInstanceOf(Delivered.class);
            assertThat(http2.get()).isEqualTo(1);
            assertThat(receiver.requests()).hasSize(2);
        }
    }

    @Test
    void aReceiverThatRequiresHttp1AndSpeaksHttp2AloneIsAFailureInWords() throws Exception {
        Script script = connection -> {
            RawHttp2 http = RawHttp2.begin(connection);
            http.reset(http.readRequest().stream(), HTTP_1_1_REQUIRED);
            connection.awaitClosed();
        };
        try (RawReceiver receiver = receiver(script);
                TestSending plain = TestSending.overOneConnection(VERTX, Duration.ofSeconds(10))) {
            assertThat(result(plain.trusting(certificate).send(receiver.uri("/"), "{}")))
                    .isInstanceOfSatisfying(Unreachable.class, unreachable -> assertThat(unreachable.why())
                            .contains("neither HTTP/1.1 nor HTTP/2 here"));
        }
    }

    private static String protocol(RawReceiver.Connection connection) throws IOException {
        SSLSocket socket = (SSLSocket) connection.socket();
        socket.startHandshake();
        return socket.getApplicationProtocol();
    }

    @Test
    void aReceiverThatRefusesForEverIsAFailureInTheEnd() throws Exception {
        AtomicInteger refused = new AtomicInteger();
        Script script = connection -> {
            RawHttp2 http = RawHttp2.begin(connection);
            while (true) {
                http.reset(http.readRequest().stream(), REFUSED_STREAM);
                refused.incrementAndGet();
            }
        };
        try (RawReceiver receiver = receiver(script);
                TestSending plain = TestSending.overOneConnection(VERTX, Duration.ofSeconds(10))) {
            assertThat(result(plain.trusting(certificate).send(receiver.uri("/"), "{}")))
                    .isInstanceOfSatisfying(Unreachable.class, unreachable -> assertThat(unreachable.why())
                            .contains("REFUSED_STREAM"));
            assertThat(refused.get()).isEqualTo(7);
        }
    }

    static Stream<Arguments> floods() {
        byte[] status = RawHttp2.statusBlock("103");
        return Stream.of(
                Arguments.of("informational answers", RawHttp2.bytes(RawHttp2.HEADERS, 4, 1, status), "informational"),
                Arguments.of("unknown frames", RawHttp2.bytes(0xb7, 0, 1, new byte[0]), "frames"),
                Arguments.of("unknown frames of the connection", RawHttp2.bytes(0xb7, 0, 0, text("x")), "frames"),
                Arguments.of("large unknown frames", RawHttp2.bytes(0xb7, 0, 0, new byte[16_384]), "frames"),
                Arguments.of("settings", RawHttp2.bytes(RawHttp2.SETTINGS, 0, 0, new byte[0]), ""),
                Arguments.of("pings", RawHttp2.bytes(RawHttp2.PING, 0, 0, new byte[8]), ""),
                Arguments.of("acknowledged pings", RawHttp2.bytes(RawHttp2.PING, 1, 0, new byte[8]), "frames"),
                Arguments.of("window updates", RawHttp2.bytes(8, 0, 1, new byte[] {0, 0, 0, 1}), "frames"),
                Arguments.of("priorities", RawHttp2.bytes(2, 0, 3, new byte[] {0, 0, 0, 0, 1}), "frames"),
                Arguments.of("resets of others", RawHttp2.bytes(RawHttp2.RST_STREAM, 0, 1, new byte[4]), ""));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("floods")
    void aFloodOfFramesEndsTheConnection(String what, byte[] frame, String words) throws Exception {
        flood(new byte[0], frame, words);
    }

    @Test
    void aHeaderBlockWithoutEndEndsTheConnection() throws Exception {
        flood(
                RawHttp2.bytes(RawHttp2.HEADERS, 0, 1, RawHttp2.statusBlock("200")),
                RawHttp2.bytes(RawHttp2.CONTINUATION, 0, 1, new byte[0]),
                "");
        flood(
                RawHttp2.bytes(RawHttp2.HEADERS, 0, 1, RawHttp2.statusBlock("200")),
                RawHttp2.bytes(RawHttp2.CONTINUATION, 0, 1, new byte[] {0, 1, 'a', 1, 'b'}),
                "");
    }

    @Test
    void emptyDataFramesEndTheConnection() throws Exception {
        flood(
                RawHttp2.bytes(RawHttp2.HEADERS, 4, 1, RawHttp2.statusBlock("200")),
                RawHttp2.bytes(RawHttp2.DATA, 0, 1, new byte[0]),
                "");
    }

    @Test
    void aReceiverThatNeverBeginsHttp2DoesNotKeepItsConnections() throws Exception {
        Script script = nexus.testkit.RawReceiver.Connection::awaitClosed;
        try (RawReceiver receiver = receiver(script);
                TestSending plain = TestSending.overOneConnection(VERTX, Duration.ofMillis(800))) {
            assertThat(result(plain.trusting(certificate).send(receiver.uri("/"), "{}")))
                    .isInstanceOf(TimedOut.class);
            receiver.awaitEnded(1);
        }
    }

    @Test
    void anAnswerBeforeTheRequestIsReadFreesItsStream() throws Exception {
        Script script = connection -> {
            RawHttp2 http = RawHttp2.begin(connection);
            http.status(1, 200, true);
            connection.awaitClosed();
        };
        try (RawReceiver receiver = receiver(script);
                TestSending plain = TestSending.overOneConnection(VERTX, Duration.ofSeconds(10))) {
            SendResult result =
                    result(plain.trusting(certificate).send(receiver.uri("/"), "x".repeat(4 * 1024 * 1024)));
            assertThat(result.error().orElse("")).doesNotContain("Exception");
        }
    }

    private static void flood(byte[] beginning, byte[] frame, String words) throws Exception {
        byte[] many = new byte[frame.length * 20];
        for (int i = 0; i < 20; i++) {
            System.arraycopy(frame, 0, many, i * frame.length, frame.length);
        }
        Script script = connection -> {
            RawHttp2 http = RawHttp2.begin(connection);
            http.readRequest();
            connection.send(beginning);
            while (true) { // until the sender closes it
                connection.send(many);
            }
        };
        try (RawReceiver receiver = receiver(script);
                TestSending plain = TestSending.overOneConnection(VERTX, Duration.ofSeconds(20))) {
            SendResult result = result(plain.trusting(certificate).send(receiver.uri("/"), "{}"));
            assertThat(result).isInstanceOf(Unreachable.class);
            assertThat(result.took()).isLessThan(Duration.ofSeconds(10));
            assertThat(result.error().orElse("")).contains(words).doesNotContain("Exception");
            receiver.awaitEnded(1);
        }
    }

    private static RawReceiver receiver(Script script) throws IOException {
        return RawReceiver.startTls(certificate.context().getServerSocketFactory(), script, "h2");
    }
}
