package nexus.webhook;

import static nexus.webhook.TestSending.result;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import nexus.target.SendResult;
import nexus.target.SendResult.Delivered;
import nexus.target.SendResult.Refused;
import nexus.target.SendResult.TimedOut;
import nexus.target.SendResult.Unreachable;
import nexus.testkit.RawReceiver;
import nexus.testkit.RawReceiver.Script;
import nexus.testkit.TestCertificate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Over HTTP/1.1 each request gets its own answer. In each case a first request gets an odd answer, a second one waits for
 * the same connection, and the receiver answers that one with 500: it must never be given a piece of the first answer.
 */
class OneAnswerTest {
    private static final Vertx VERTX = Vertx.vertx();
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static final String FAILED = "HTTP/1.1 500 Failed\r\nContent-Length: 0\r\n\r\n";
    private static final String STRAY = "HTTP/1.1 200 Stray\r\nContent-Length: 0\r\n\r\n";

    /** The receiver closes the connection after these. */
    private static final Set<String> ENDING =
            Set.of("until the end", "102 without a final answer", "half a head", "half a body of the status 999");

    /** Where pieces in records of their own, or the end of the connection, matter. */
    private static final Set<String> OVER_TLS = Set.of(
            "102, then 200",
            "204 with a body later",
            "204 in chunks",
            "a second answer at once",
            "until the end",
            "101");

    private static TestCertificate certificate = new TestCertificate(Path.of(""));

    @BeforeAll
    static void makeCertificate(@TempDir Path folder) throws Exception {
        certificate = TestCertificate.make(folder, "127.0.0.1");
    }

    @AfterAll
    static void closeVertx() {
        VERTX.close();
    }

    /** Sends pieces one by one, each in a write (and a record of TLS) of its own. */
    private static Script pieces(String... pieces) {
        return connection -> {
            for (String piece : pieces) {
                connection.send(piece);
            }
        };
    }

    private static Arguments odd(String what, Class<? extends SendResult> expected, String... pieces) {
        return Arguments.of(what, expected, pieces(pieces));
    }

    static Stream<Arguments> oddAnswers() {
        String processing = "HTTP/1.1 102 Processing\r\n\r\n";
        String hints = "HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n";
        return Stream.of(
                odd("102, then 200", Delivered.class, processing, OK),
                odd("102 and 200 at once", Delivered.class, processing + OK),
                odd("100, then 500", Refused.class, "HTTP/1.1 100 Continue\r\n\r\n", FAILED),
                odd("unknown 199, then 200", Delivered.class, "HTTP/1.1 199 Soon\r\n\r\n", OK),
                odd("103 many times", Delivered.class, hints.repeat(200), OK),
                odd("informational in HTTP/1.0", Delivered.class, "HTTP/1.0 102 Processing\r\n\r\n", OK),
                odd("102 without a final answer", Unreachable.class, processing),
                odd("102 with a body", Unreachable.class, "HTTP/1.1 102 P\r\nContent-Length: 4\r\n\r\nnull", OK),
                odd(
                        "101",
                        Unreachable.class,
                        "HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
                        OK),
                odd(
                        "101 to a websocket",
                        Unreachable.class,
                        "HTTP/1.1 101 S\r\nUpgrade: websocket\r\n\r\n12345678",
                        OK),
                odd("204 with a body", Delivered.class, "HTTP/1.1 204 No Content\r\nContent-Length: 4\r\n\r\nnull"),
                odd("204 with a body later", Delivered.class, "HTTP/1.1 204 N\r\nContent-Length: 4\r\n\r\n", "null"),
                odd(
                        "204 in chunks",
                        Delivered.class,
                        "HTTP/1.1 204 N\r\nTransfer-Encoding: chunked\r\n\r\n",
                        "0\r\n\r\n"),
                odd("204 with an unannounced body", Delivered.class, "HTTP/1.1 204 No Content\r\n\r\nnull"),
                odd("205 with a body", Delivered.class, "HTTP/1.1 205 R\r\nContent-Length: 4\r\n\r\nnull"),
                odd("304 with a body", Refused.class, "HTTP/1.1 304 N\r\nContent-Length: 40\r\n\r\n" + STRAY),
                odd("a second answer at once", Delivered.class, OK + STRAY),
                odd(
                        "bytes after chunks",
                        Delivered.class,
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n" + STRAY),
                odd(
                        "more than was announced",
                        Delivered.class,
                        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok, and on"),
                odd("a line end too much", Delivered.class, OK + "\r\n"),
                odd(
                        "chunks and a length",
                        Delivered.class,
                        "HTTP/1.1 200 OK\r\nContent-Length: 12\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"),
                odd(
                        "two lengths",
                        Unreachable.class,
                        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 40\r\n\r\nok" + STRAY),
                odd(
                        "a list of lengths",
                        Unreachable.class,
                        "HTTP/1.1 200 OK\r\nContent-Length: 2, 40\r\n\r\nok" + STRAY),
                odd(
                        "gzip, chunked",
                        Unreachable.class,
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"),
                odd("HTTP/1.0", Delivered.class, "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok"),
                odd(
                        "HTTP/1.0 in chunks",
                        Delivered.class,
                        "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n2\r\nok\r\n0\r\n\r\n"),
                odd("close", Delivered.class, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"),
                odd(
                        "close in a list",
                        Delivered.class,
                        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: x, Close\r\n\r\nok"),
                odd("until the end", Delivered.class, "HTTP/1.1 200 OK\r\n\r\nok"),
                odd(
                        "no time to keep alive",
                        Delivered.class,
                        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nKeep-Alive: timeout=0\r\n\r\nok"),
                odd("status 999", Unreachable.class, "HTTP/1.1 999 X\r\nContent-Length: 0\r\n\r\n"),
                odd("status 42", Unreachable.class, "HTTP/1.1 42 X\r\nContent-Length: 0\r\n\r\n"),
                odd(
                        "half a body of the status 999",
                        Unreachable.class,
                        "HTTP/1.1 999 X\r\nContent-Length: 40\r\n\r\nhalf"),
                odd("half a head", Unreachable.class, "HTTP/1.1 200 OK\r\nContent-Le"),
                odd("another version", Unreachable.class, "HTTP/3.7 200 OK\r\nContent-Length: 2\r\n\r\nok"));
    }

    static Stream<Arguments> oddAnswersWithAndWithoutTls() {
        return Stream.of(false, true).flatMap(tls -> oddAnswers()
                .filter(odd -> !tls || OVER_TLS.contains((String) odd.get()[0]))
                .map(odd -> Arguments.of(odd.get()[0], odd.get()[1], odd.get()[2], tls)));
    }

    @ParameterizedTest(name = "{0}, TLS {3}")
    @MethodSource("oddAnswersWithAndWithoutTls")
    void aNeighbourIsNeverGivenAPieceOfAnOddAnswer(
            String what, Class<? extends SendResult> expected, Script odd, boolean isTls) throws Exception {
        Script script = connection -> {
            while (true) {
                if (!connection.readRequest().startsWith("POST /odd ")) {
                    connection.send(FAILED);
                    continue;
                }
                odd.run(connection);
                if (ENDING.contains(what)) {
                    return;
                }
            }
        };
        try (RawReceiver receiver = isTls
                        ? RawReceiver.startTls(certificate.context().getServerSocketFactory(), script)
                        : RawReceiver.start(script);
                TestSending plain = TestSending.overOneConnection(VERTX, Duration.ofSeconds(10))) {
            TestSending sending = isTls ? plain.trusting(certificate) : plain;
            Future<SendResult> first = sending.send(receiver.uri("/odd"), "{}");
            List<Future<SendResult>> others = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                others.add(sending.send(receiver.uri("/other"), "{}"));
            }

            assertThat(result(first)).isInstanceOf(expected);
            for (Future<SendResult> other : others) {
                assertThat(result(other)).isInstanceOfSatisfying(Refused.class, refused -> assertThat(
                                refused.answer().code())
                        .isEqualTo(500));
            }
            assertThat(receiver.requests().stream().filter(request -> request.startsWith("POST /odd ")))
                    .as("the odd answer is one")
                    .hasSize(1);
        }
    }

    @Test
    void informationalAnswersLeaveAConnectionThatIsUsedAgain() throws IOException {
        Script script = connection -> {
            while (true) {
                connection.readRequest();
                connection.send("HTTP/1.1 102 Processing\r\n\r\n");
                connection.send(OK);
            }
        };
        try (RawReceiver receiver = RawReceiver.start(script);
                TestSending sending = TestSending.overOneConnection(VERTX, Duration.ofSeconds(10))) {
            for (int i = 0; i < 5; i++) {
                assertThat(result(sending.send(receiver.uri("/"), "{}")))
                        .isInstanceOfSatisfying(Delivered.class, delivered -> assertThat(
                                        delivered.answer().text())
                                .isEqualTo("ok"));
            }
            assertThat(receiver.connections()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                STRAY,
                "\r\n",
                "x",
                "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n",
                "HTTP/1.0 408 Request Time-out\r\n\r\n"
            })
    void anIdleConnectionThatReceivesAByteIsClosed(String stray) throws Exception {
        CountDownLatch isDelivered = new CountDownLatch(1);
        Script script = connection -> {
            boolean isFirst = connection.readRequest().startsWith("POST /first ");
            connection.send(isFirst ? OK : FAILED);
            if (isFirst) {
                isDelivered.await();
                connection.send(stray);
                connection.awaitClosed();
            }
            connection.readRequest();
            connection.send(FAILED);
        };
        try (RawReceiver receiver = RawReceiver.start(script);
                TestSending sending = TestSending.overOneConnection(VERTX, Duration.ofSeconds(10))) {
            assertThat(result(sending.send(receiver.uri("/first"), "{}"))).isInstanceOf(Delivered.class);
            isDelivered.countDown();
            receiver.awaitEnded(1);
            assertThat(result(sending.send(receiver.uri("/second"), "{}"))).isInstanceOf(Refused.class);
            assertThat(result(sending.send(receiver.uri("/third"), "{}"))).isInstanceOf(Refused.class);
            assertThat(receiver.connections())
                    .as("no other connection to this host is kept, unless the bytes announced the end of this one")
                    .isEqualTo(stray.contains(" 408 ") ? 2 : 3);
        }
    }

    @Test
    void aByteThatArrivesJustBeforeTheNextRequestIsSeenBeforeItIsWritten() throws Exception {
        CountDownLatch isBusy = new CountDownLatch(1);
        CountDownLatch isSent = new CountDownLatch(1);
        Script script = connection -> {
            if (connection.readRequest().startsWith("POST /first ")) {
                connection.send(OK);
                isBusy.await();
                connection.send(STRAY);
                isSent.countDown();
                connection.awaitClosed();
            } else {
                connection.send(FAILED);
            }
        };
        try (RawReceiver receiver = RawReceiver.start(script);
                TestSending sending = TestSending.overOneConnection(VERTX, Duration.ofSeconds(10))) {
            assertThat(result(sending.send(receiver.uri("/first"), "{}"))).isInstanceOf(Delivered.class);
            Future<SendResult> second = sending.sendWhile(
                    () -> {
                        isBusy.countDown();
                        isSent.await();
                    },
                    receiver.uri("/second"));
            assertThat(result(second)).isInstanceOf(Refused.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "204 N\r\nTransfer-Encoding: chunked",
                "304 N\r\nTransfer-Encoding: chunked",
                "204 N\r\nContent-Length: 4",
                "205 N\r\nContent-Length: 4\r\n\r\nnull",
                "304 N\r\nContent-Length: 4",
                "200 O\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0"
            })
    void aConnectionOnWhichABodyMayFollowIsClosedBeforeItComes(String answer) throws Exception {
        Script script = connection -> {
            connection.readRequest();
            connection.send("HTTP/1.1 " + answer + "\r\n\r\n");
            connection.awaitClosed();
        };
        try (RawReceiver receiver = RawReceiver.start(script);
                TestSending sending = TestSending.overOneConnection(VERTX, Duration.ofSeconds(10))) {
            assertThat(result(sending.send(receiver.uri("/"), "{}")).answer()).isNotNull();
            receiver.awaitEnded(1);
        }
    }

    @Test
    void aLateAnswerIsNotTheNextRequests() throws Exception {
        CountDownLatch isTimedOut = new CountDownLatch(1);
        Script script = connection -> {
            if (connection.readRequest().startsWith("POST /slow ")) {
                connection.send("HTTP/1.1 102 Processing\r\n\r\n");
                isTimedOut.await();
                connection.send(OK);
                connection.awaitClosed();
            } else {
                connection.send(FAILED);
            }
        };
        try (RawReceiver receiver = RawReceiver.start(script);
                TestSending sending = TestSending.overOneConnection(VERTX, Duration.ofMillis(400))) {
            assertThat(result(sending.send(receiver.uri("/slow"), "{}"))).isInstanceOf(TimedOut.class);
            isTimedOut.countDown();
            assertThat(result(sending.send(receiver.uri("/other"), "{}"))).isInstanceOf(Refused.class);
            receiver.awaitEnded(1);
        }
    }

    @Test
    void anAnswerBeforeTheRequestIsWrittenEndsTheConnection() throws Exception {
        Script script = connection -> {
            byte[] line = connection.in().readNBytes("POST /large".length());
            connection.send(new String(line, StandardCharsets.US_ASCII).equals("POST /large") ? OK : FAILED);
            connection.awaitClosed();
        };
        try (RawReceiver receiver = RawReceiver.start(script);
                TestSending sending = TestSending.overOneConnection(VERTX, Duration.ofSeconds(10))) {
            Future<SendResult> large = sending.send(receiver.uri("/large"), "x".repeat(16 * 1024 * 1024));
            Future<SendResult> other = sending.send(receiver.uri("/other"), "{}");
            assertThat(result(large)).isInstanceOf(Delivered.class);
            assertThat(result(other)).isInstanceOf(Refused.class);
            assertThat(receiver.connections()).isEqualTo(2);
        }
    }

    static Stream<Arguments> endlessAnswers() {
        String chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        return Stream.of(
                Arguments.of("103", "", "HTTP/1.1 103 E\r\n\r\n", "informational answers"),
                Arguments.of(
                        "long 103", "", "HTTP/1.1 103 E\r\nLink: " + "x".repeat(4_000) + "\r\n\r\n", "bytes arrived"),
                Arguments.of("line ends", "", "\r\n\r\n", "first line is too long"),
                Arguments.of("status line", "HTTP/1.1 200 ", "OK", "first line is too long"),
                Arguments.of("headers", "HTTP/1.1 200 OK\r\n", "A: b\r\n", "headers are too large"),
                Arguments.of("one header", "HTTP/1.1 200 OK\r\nA: ", "bcd", "headers are too large"),
                Arguments.of("chunk extensions", chunked, "1;" + "x".repeat(1_000) + "\r\na\r\n", "bytes arrived"),
                Arguments.of("one chunk extension", chunked + "1;", "xyz", "too large"),
                Arguments.of("trailers", chunked + "0\r\n", "A: b\r\n", "too large"),
                Arguments.of("chunks of one byte", chunked, "1\r\na\r\n", ""),
                Arguments.of("body until the end", "HTTP/1.1 200 OK\r\n\r\n", "endless", ""));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("endlessAnswers")
    void anEndlessAnswerIsCutOffAndItsConnectionClosed(String what, String beginning, String endless, String words)
            throws Exception {
        Script script = connection -> {
            connection.readRequest();
            connection.send(beginning);
            byte[] many = endless.repeat(1_000).getBytes(StandardCharsets.US_ASCII);
            while (true) { // until the sender closes it
                connection.send(many);
            }
        };
        try (RawReceiver receiver = RawReceiver.start(script);
                TestSending sending = TestSending.overOneConnection(VERTX, Duration.ofSeconds(20))) {
            SendResult result = result(sending.send(receiver.uri("/"), "{}"));
            assertThat(result.took()).isLessThan(Duration.ofSeconds(10));
            if (words.isEmpty()) {
                assertThat(result).isInstanceOf(Delivered.class);
            } else {
                assertThat(result).isInstanceOfSatisfying(Unreachable.class, broken -> assertThat(broken.why())
                        .contains(words));
            }
            receiver.awaitEnded(1);
        }
    }
}
