package nexus.webhook;

import static nexus.testkit.Eventually.eventually;
import static nexus.testkit.ScriptedReceiver.closeWithoutAnswer;
import static nexus.testkit.ScriptedReceiver.hang;
import static nexus.testkit.ScriptedReceiver.status;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import nexus.event.EventId;
import nexus.event.EventType;
import nexus.target.Answer;
import nexus.target.Described;
import nexus.target.SendResult;
import nexus.target.SendResult.Blocked;
import nexus.target.SendResult.Delivered;
import nexus.target.SendResult.Extent;
import nexus.target.SendResult.Refused;
import nexus.target.SendResult.TimedOut;
import nexus.target.SendResult.Unreachable;
import nexus.target.credential.Ed25519Key;
import nexus.target.credential.TargetAccess;
import nexus.target.credential.TargetAuth;
import nexus.testkit.Eventually;
import nexus.testkit.ScriptedReceiver;
import nexus.testkit.ScriptedReceiver.Received;
import nexus.trace.Tracing;
import nexus.webhook.guard.TargetResolver;
import nexus.webhook.guard.TestWebhookConfig;
import nexus.webhook.guard.WebhookConfig;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookSenderTest {
    private static final Vertx VERTX = Vertx.vertx();
    private static final Instant NOW = Instant.ofEpochSecond(1_700_000_000);
    private static final byte[] KEY = "a key".getBytes(StandardCharsets.UTF_8);
    private static final EventId EVENT = new EventId(UUID.fromString("01993c1e-0000-7000-8000-000000000001"));

    private final ScriptedReceiver receiver = ScriptedReceiver.start();
    private final List<WebhookSender> senders = new ArrayList<>();

    @AfterEach
    void close() {
        senders.forEach(WebhookSender::close);
        receiver.close();
    }

    @AfterAll
    static void closeVertx() {
        VERTX.close();
    }

    @Test
    void aWebhookCarriesItsBodyByteForByteAndEveryHeaderOfTheContract() {
        Buffer body = Buffer.buffer("{\"a\": 1.00, \"name\":\"Zoë\"}");
        TestRequest request = new TestRequest(
                receiver.uri("/in?x=1%20"),
                EVENT,
                new EventType("user.created"),
                3,
                body,
                List.of(KEY),
                Map.of("Authorization", "Bearer t", "X-Event-Id", "forged"),
                TargetAccess.PLAIN);

        SendResult result = result(TestRequest.send(sender(), request));

        assertThat(result).isInstanceOf(Delivered.class);
        Received got = receiver.await(1).getFirst();
        assertThat(got.method()).isEqualTo("POST");
        assertThat(got.pathAndQuery()).isEqualTo("/in?x=1%20");
        assertThat(got.body()).isEqualTo(body);
        WebhookSigner signer = new WebhookSigner();
        assertThat(got.headers())
                .containsEntry("host", "127.0.0.1:" + receiver.port())
                .containsEntry("content-type", "application/json")
                .containsEntry("content-length", Integer.toString(body.length()))
                .containsEntry("user-agent", "nexus/1.2.3")
                .containsEntry("webhook-id", EVENT.toString())
                .containsEntry("webhook-timestamp", "1700000000")
                .containsEntry(
                        "webhook-signature",
                        signer.signature(List.of(KEY), EVENT.toString(), "1700000000", body.getBytes()))
                .containsEntry("x-event-id", EVENT.toString())
                .containsEntry("x-event-type", "user.created")
                .containsEntry("x-event-version", "1")
                .containsEntry("x-signature", signer.bodySignature(KEY, body.getBytes()))
                .containsEntry("x-delivery-attempt", "3")
                .containsEntry("authorization", "Bearer t")
                .doesNotContainKey("accept-encoding");
        assertThat(got.header("traceparent")).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-01");
    }

    @Test
    void aDescribedRequestIsTheOneThatArrives() {
        WebhookSender sender = sender(Duration.ofSeconds(5));
        TestRequest request = new TestRequest(
                receiver.uri("/in?x=1%20"),
                new EventId(new UUID(1, 2)),
                new EventType("user.created"),
                3,
                Buffer.buffer("{\"a\":1.10}"),
                List.of("a key of the subscriber".getBytes(StandardCharsets.UTF_8)),
                Map.of("X-Own", "b", "accept", "text/plain"),
                new TargetAccess(Optional.of(Ed25519Key.generate()), TargetAuth.bearer("token"), Optional.empty()));
        Described described = sender.describe(request.target(), request.parcel(), request.attempt());
        result(TestRequest.send(sender, request));
        Received got = receiver.await(1).getFirst();

        assertThat(described.method()).isEqualTo(got.method());
        assertThat(described.url()).isEqualTo(receiver.uri("/in?x=1%20").toString());
        assertThat(described.body()).isEqualTo(got.body());
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        headers.putAll(described.headers());
        Map<String, String> arrived = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        arrived.putAll(got.headers());
        arrived.keySet().removeAll(Set.of("host", "content-length"));
        assertThat(headers.keySet()).isEqualTo(arrived.keySet());
        headers.remove("traceparent"); // each request has its own
        arrived.remove("traceparent");
        assertThat(headers).isEqualTo(arrived);
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 201, 202, 204, 299})
    void anyStatusFrom200To299IsDelivered(int code) {
        receiver.answer(status(code));
        assertThat(send()).isInstanceOfSatisfying(Delivered.class, delivered -> {
            assertThat(delivered.answer().code()).isEqualTo(code);
            assertThat(delivered.answer().text()).isEmpty();
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {300, 304, 400, 404, 410, 500, 503, 599})
    void anyOtherStatusIsARefusal(int code) {
        receiver.answer(status(code).header("X", "y"));
        assertThat(send()).isInstanceOfSatisfying(Refused.class, refused -> {
            assertThat(refused.answer().code()).isEqualTo(code);
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void aRedirectIsNotFollowed(int code) {
        receiver.answer(
                status(code).header("Location", receiver.uri("/elsewhere").toString()));
        assertThat(send()).isInstanceOf(Refused.class);
        assertThat(receiver.received()).hasSize(1);
    }

    @Test
    void aRefusalTellsHowLongTheReceiverWantsToBeLeftAlone() {
        receiver.answer(
                status(429).header("Retry-After", "7").body("slow down"),
                status(503).header("Retry-After", "whenever"));

        assertThat(send()).isInstanceOfSatisfying(Refused.class, refused -> {
            assertThat(refused.extent()).isEqualTo(new Extent.AllForNow(Optional.of(Duration.ofSeconds(7))));
            assertThat(refused.answer().text()).isEqualTo("slow down");
        });
        assertThat(send()).isInstanceOfSatisfying(Refused.class, refused -> assertThat(refused.extent())
                .isEqualTo(new Extent.AllForNow(Optional.empty())));
    }

    @Test
    void anAnswerIsKeptAsTextThatPostgresCanStore() {
        receiver.answer(status(200).body(Buffer.buffer(new byte[] {'a', 0, (byte) 0xff, 'b'})));
        assertThat(answer(send()).text()).isEqualTo("a\uFFFDb");
    }

    @Test
    void anAnswerOfExactlyTheLimitIsReadWholeAndItsConnectionKept() {
        receiver.answer(status(200).body("x".repeat(16_384)));
        WebhookSender sender = sender();

        assertThat(answer(result(TestRequest.send(sender, request(receiver.uri()))))
                        .text())
                .hasSize(16_384);
        result(TestRequest.send(sender, request(receiver.uri())));
        assertThat(receiver.connections()).isEqualTo(1);
    }

    @Test
    void aHugeAnswerIsReadOnlyToTheLimitThenTheConnectionIsDropped() {
        receiver.answer(status(201).body("x".repeat(50_000_000)));

        assertThat(send()).isInstanceOfSatisfying(Delivered.class, delivered -> {
            assertThat(delivered.answer().code()).isEqualTo(201);
            assertThat(delivered.answer().text()).hasSize(16_384);
        });
        Eventually.eventually("the connection is dropped", () -> receiver.openConnections() == 0);
    }

    @Test
    void connectionsAreUsedAgain() {
        WebhookSender sender = sender();
        for (int i = 0; i < 20; i++) {
            assertThat(result(TestRequest.send(sender, request(receiver.uri()))))
                    .isInstanceOf(Delivered.class);
        }
        assertThat(receiver.connections()).isEqualTo(1);
    }

    @Test
    void aReceiverThatNeverAnswersTimesOutAndItsConnectionIsDropped() {
        receiver.answer(hang());

        SendResult result = result(TestRequest.send(sender(Duration.ofMillis(300)), request(receiver.uri())));

        assertThat(result).isInstanceOfSatisfying(TimedOut.class, timedOut -> assertThat(timedOut.doing())
                .isEqualTo("waiting for the answer"));
        assertThat(result.took()).isBetween(Duration.ofMillis(290), Duration.ofSeconds(3));
        Eventually.eventually("the connection is dropped", () -> receiver.openConnections() == 0);
    }

    @Test
    void eachRequestHasItsOwnDeadlineAlsoAfterAllOthersAreOver() {
        Duration timeout = Duration.ofMillis(600);
        WebhookSender sender = sender(timeout);
        receiver.answer(hang());
        Future<SendResult> first = TestRequest.send(sender, request(receiver.uri()));
        receiver.await(1);
        receiver.answer(status(200));
        assertThat(result(TestRequest.send(sender, request(receiver.uri())))).isInstanceOf(Delivered.class);
        receiver.answer(hang());
        VERTX.timer(300, TimeUnit.MILLISECONDS)
                .toCompletionStage()
                .toCompletableFuture()
                .join();
        Future<SendResult> second = TestRequest.send(sender, request(receiver.uri()));

        SendResult firstResult = result(first);
        assertThat(second.isComplete()).as("it began later").isFalse();
        SendResult secondResult = result(second);
        receiver.answer(hang());
        for (SendResult late :
                List.of(firstResult, secondResult, result(TestRequest.send(sender, request(receiver.uri()))))) {
            assertThat(late).isInstanceOf(TimedOut.class);
            assertThat(late.took()).isBetween(timeout, timeout.plusSeconds(2));
        }
    }

    @Test
    void aBodyThatDripsEndsAtTheDeadlineToo() {
        receiver.answer(status(200).dripping(Duration.ofMillis(20)));

        SendResult result = result(TestRequest.send(sender(Duration.ofMillis(400)), request(receiver.uri())));

        assertThat(result).isInstanceOfSatisfying(TimedOut.class, timedOut -> assertThat(timedOut.doing())
                .isEqualTo("reading the answer's body"));
        assertThat(result.took()).isBetween(Duration.ofMillis(390), Duration.ofSeconds(3));
        Eventually.eventually("the connection is dropped", () -> receiver.openConnections() == 0);
    }

    @Test
    void aReceiverThatReadsNothingTimesOutAndItsConnectionIsDropped() throws IOException, InterruptedException {
        AtomicInteger lastRead = new AtomicInteger();
        CountDownLatch resultIsThere = new CountDownLatch(1);
        CountDownLatch connectionIsGone = new CountDownLatch(1);
        try (ServerSocket socket = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> {
                try (var connection = socket.accept()) {
                    resultIsThere.await();
                    lastRead.set(connection.getInputStream().readAllBytes().length);
                } catch (IOException e) {
                    lastRead.set(0); // reset by the sender: just as good
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                connectionIsGone.countDown();
            });
            int size = 16 * 1024 * 1024;
            TestRequest request = new TestRequest(
                    URI.create("http://127.0.0.1:" + socket.getLocalPort() + "/"),
                    EVENT,
                    new EventType("a"),
                    1,
                    Buffer.buffer(new byte[size]),
                    List.of(KEY),
                    Map.of(),
                    TargetAccess.PLAIN);

            assertThat(result(TestRequest.send(sender(Duration.ofMillis(500)), request)))
                    .isInstanceOf(TimedOut.class);
            resultIsThere.countDown();

            assertThat(connectionIsGone.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(lastRead.get()).isLessThan(size);
        }
    }

    @Test
    void aRefusalCountsEvenIfItsBodyNeverEnds() {
        receiver.answer(
                status(410).dripping(Duration.ofMillis(20)),
                status(410).body("go").brokenOff());
        WebhookSender sender = sender(Duration.ofMillis(300));

        for (int i = 0; i < 2; i++) {
            assertThat(result(TestRequest.send(sender, request(receiver.uri()))))
                    .isInstanceOfSatisfying(
                            Refused.class,
                            refused -> assertThat(refused.answer().code()).isEqualTo(410));
        }
    }

    @Test
    void aSuccessThatBreaksOffIsNone() {
        receiver.answer(status(200).body("half of").brokenOff());
        assertThat(send()).isInstanceOfSatisfying(Unreachable.class, unreachable -> assertThat(unreachable.why())
                .contains("middle of the answer"));
    }

    @Test
    void aConnectionClosedWithoutAnAnswerIsUnreachable() {
        receiver.answer(closeWithoutAnswer());
        assertThat(send()).isInstanceOfSatisfying(Unreachable.class, unreachable -> assertThat(unreachable.why())
                .isEqualTo("the connection was closed before an answer"));
        assertThat(receiver.received()).hasSize(1);
    }

    @Test
    void aKeptConnectionThatTheReceiverClosesOnUseIsReplacedOnce() {
        WebhookSender sender = sender();
        result(TestRequest.send(sender, request(receiver.uri())));
        receiver.answer(closeWithoutAnswer());

        assertThat(result(TestRequest.send(sender, request(receiver.uri())))).isInstanceOf(Delivered.class);
        assertThat(receiver.received()).hasSize(3);
    }

    @Test
    void aKeptConnectionThatIsResetOnUseIsReplacedToo() throws IOException {
        byte[] answer = "HTTP/1.1 204 No Content\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        try (ServerSocket socket = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> {
                try (var first = socket.accept()) {
                    first.getInputStream().read();
                    first.getOutputStream().write(answer);
                    first.getInputStream().skipNBytes(first.getInputStream().available());
                    first.getInputStream().read();
                    first.setSoLinger(true, 0);
                } catch (IOException e) {
                    // what follows is what counts
                }
                try (var second = socket.accept()) {
                    second.getOutputStream().write(answer);
                    second.getInputStream().readAllBytes();
                } catch (IOException e) {
                    // the test is over
                }
            });
            WebhookSender sender = sender();
            URI endpoint = URI.create("http://127.0.0.1:" + socket.getLocalPort() + "/");

            assertThat(result(TestRequest.send(sender, request(endpoint)))).isInstanceOf(Delivered.class);
            assertThat(result(TestRequest.send(sender, request(endpoint)))).isInstanceOf(Delivered.class);
        }
    }

    @Test
    void aPortNobodyListensOnIsUnreachable() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        assertThat(result(TestRequest.send(sender(), request(URI.create("http://127.0.0.1:" + port + "/")))))
                .isInstanceOfSatisfying(Unreachable.class, unreachable -> assertThat(unreachable.why())
                        .isEqualTo("connection refused"));
    }

    @Test
    void aReceiverThatSpeaksNoHttpIsUnreachable() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> {
                try (var connection = socket.accept()) {
                    connection.getOutputStream().write("SSH-2.0-OpenSSH\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    connection.getInputStream().readAllBytes();
                } catch (IOException e) {
                    // the test is over
                }
            });
            URI endpoint = URI.create("http://127.0.0.1:" + socket.getLocalPort() + "/");
            assertThat(result(TestRequest.send(sender(), request(endpoint)))).isInstanceOf(Unreachable.class);
        }
    }

    @Test
    void headersWithoutEndAreUnreachable() {
        receiver.answer(status(200).header("X-Long", "x".repeat(100_000)));
        assertThat(send()).isInstanceOfSatisfying(Unreachable.class, unreachable -> assertThat(unreachable.why())
                .isEqualTo("the answer's headers are too large"));
    }

    @Test
    void waitingForAConnectionCountsInTheDeadline() {
        receiver.always(hang());
        WebhookSender sender = sender(TestWebhookConfig.of(Duration.ofMillis(300), 1, "127.0.0.0/8"));

        Future<SendResult> first = TestRequest.send(sender, request(receiver.uri()));
        Future<SendResult> second = TestRequest.send(sender, request(receiver.uri()));

        assertThat(result(first)).isInstanceOf(TimedOut.class);
        assertThat(result(second)).isInstanceOf(TimedOut.class);
        assertThat(result(second).took()).isLessThan(Duration.ofSeconds(3));
    }

    @Test
    void aHostThatHangsCostsOthersNothing() {
        receiver.always(hang());
        try (ScriptedReceiver healthy = ScriptedReceiver.start()) {
            WebhookSender sender = sender(Duration.ofSeconds(2));
            List<Future<SendResult>> hanging = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                hanging.add(TestRequest.send(sender, request(receiver.uri())));
            }
            SendResult result = result(TestRequest.send(sender, request(healthy.uri())));

            assertThat(result).isInstanceOf(Delivered.class);
            assertThat(hanging).noneMatch(Future::isComplete);
        }
    }

    @Test
    void anEmptyBodyIsSentAsOne() {
        TestRequest request = new TestRequest(
                receiver.uri(),
                EVENT,
                new EventType("a"),
                1,
                Buffer.buffer(),
                List.of(KEY),
                Map.of(),
                TargetAccess.PLAIN);
        assertThat(result(TestRequest.send(sender(), request))).isInstanceOf(Delivered.class);
        assertThat(receiver.await(1).getFirst().header("Content-Length")).isEqualTo("0");
    }

    @Test
    void aHeaderThatIsNoneIsUnreachableWithoutBeingQuoted() {
        TestRequest request = new TestRequest(
                receiver.uri(),
                EVENT,
                new EventType("a"),
                1,
                Buffer.buffer("x"),
                List.of(KEY),
                Map.of("X-Secret", "s3cret\r\nX-Evil: 1"),
                TargetAccess.PLAIN);
        assertThat(result(TestRequest.send(sender(), request)))
                .isInstanceOfSatisfying(Unreachable.class, unreachable -> assertThat(unreachable.why())
                        .doesNotContain("s3cret"));
        assertThat(receiver.received()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "localhost",
                "2130706433",
                "0x7f000001",
                "0177.0.0.1",
                "127.1",
                "[::1]",
                "[::ffff:127.0.0.1]"
            })
    void loopbackIsBlockedHoweverItIsWritten(String host) {
        WebhookSender strict = sender(TestWebhookConfig.of(Duration.ofSeconds(5), 10));
        SendResult result =
                result(TestRequest.send(strict, request(URI.create("http://" + host + ":" + receiver.port() + "/"))));

        assertThat(result).isInstanceOf(Blocked.class);
        assertThat(receiver.connections()).isZero();
    }

    @Test
    void aNameIsBlockedIfOnlyOneOfItsAddressesIsPrivate() {
        WebhookConfig config = TestWebhookConfig.of(Duration.ofSeconds(5), 10);
        TargetResolver resolver =
                new TargetResolver(VERTX, config, host -> new InetAddress[] {address("8.8.8.8"), address("10.0.0.7")});

        assertThat(result(TestRequest.send(sender(config, resolver), request(URI.create("http://rebind.example/")))))
                .isInstanceOfSatisfying(
                        Blocked.class, blocked -> assertThat(blocked.address()).isEqualTo("10.0.0.7"));
    }

    /** Within less time than one silent address may take to connect. */
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.2 127.0.0.1", "127.0.0.2 127.0.0.3 127.0.0.1"})
    void aSilentAddressHandsOnToALiveOneWithinTheDeadlineAndTheLiveOneIsKept(String addresses) throws IOException {
        List<SilentAddress> silent = List.of(
                new SilentAddress("127.0.0.2", receiver.port()), new SilentAddress("127.0.0.3", receiver.port()));
        try {
            WebhookConfig config = TestWebhookConfig.of(Duration.ofSeconds(3), 10, "127.0.0.0/8");
            WebhookSender sender = sender(config, resolver(config, addresses));
            URI endpoint = URI.create("http://many.example:" + receiver.port() + "/");
            for (int i = 0; i < 3; i++) {
                assertThat(result(TestRequest.send(sender, request(endpoint)))).isInstanceOf(Delivered.class);
            }
            assertThat(receiver.connections()).isEqualTo(1);
        } finally {
            for (SilentAddress one : silent) {
                one.close();
            }
        }
    }

    @Test
    void aTokenIsFetchedFromTheAddressThatLives() throws IOException {
        ScriptedReceiver authority = ScriptedReceiver.start();
        SilentAddress silent = new SilentAddress("127.0.0.2", authority.port());
        try (authority) {
            authority.always(status(200).body("{\"access_token\":\"t-1\"}"));
            WebhookConfig config = TestWebhookConfig.of(Duration.ofSeconds(3), 10, "127.0.0.0/8");
            WebhookSender sender = sender(config, resolver(config, "127.0.0.2 127.0.0.1"));
            TargetAuth auth = new TargetAuth.ClientCredentials(
                    URI.create("http://many.example:" + authority.port() + "/token"), "id", "secret", Optional.empty());
            TestRequest request = new TestRequest(
                    URI.create("http://127.0.0.1:" + receiver.port() + "/"),
                    EVENT,
                    new EventType("a"),
                    1,
                    Buffer.buffer("x"),
                    List.of(KEY),
                    Map.of(),
                    new TargetAccess(Optional.empty(), auth, Optional.empty()));

            assertThat(result(TestRequest.send(sender, request))).isInstanceOf(Delivered.class);
            assertThat(receiver.await(1).getFirst().header("Authorization")).isEqualTo("Bearer t-1");
        } finally {
            silent.close();
        }
    }

    /** A socket whose backlog is full: the system answers no further attempt to connect. */
    private static final class SilentAddress {
        private final ServerSocket socket;
        private final List<SocketChannel> waiting = new ArrayList<>();

        SilentAddress(String address, int port) throws IOException {
            socket = new ServerSocket(port, 1, address(address));
            for (int i = 0; i < 4; i++) {
                SocketChannel channel = SocketChannel.open();
                channel.configureBlocking(false);
                channel.connect(socket.getLocalSocketAddress());
                waiting.add(channel);
            }
        }

        void close() throws IOException {
            for (SocketChannel channel : waiting) {
                channel.close();
            }
            socket.close();
        }
    }

    /** Literals are themselves. */
    private static TargetResolver resolver(WebhookConfig config, String addresses) {
        return new TargetResolver(VERTX, config, host -> Stream.of(addresses.split(" "))
                .map(WebhookSenderTest::address)
                .toArray(InetAddress[]::new));
    }

    @Test
    void theConnectionGoesToTheJudgedAddressAndKeepsTheName() {
        WebhookConfig config = TestWebhookConfig.of(Duration.ofSeconds(5), 10, "127.0.0.0/8");
        TargetResolver resolver = new TargetResolver(VERTX, config, host -> new InetAddress[] {address("127.0.0.1")});
        URI endpoint = URI.create("http://receiver_1.example:" + receiver.port() + "/hook");

        assertThat(result(TestRequest.send(sender(config, resolver), request(endpoint))))
                .isInstanceOf(Delivered.class);
        assertThat(receiver.await(1).getFirst().header("Host")).isEqualTo("receiver_1.example:" + receiver.port());
    }

    @Test
    void whenOneAddressRefusesTheNextIsTried() {
        WebhookConfig config = TestWebhookConfig.of(Duration.ofSeconds(5), 10, "127.0.0.0/8");
        TargetResolver resolver = new TargetResolver(
                VERTX, config, host -> new InetAddress[] {address("127.0.0.9"), address("127.0.0.1")});
        URI endpoint = URI.create("http://two.example:" + receiver.port() + "/");

        assertThat(result(TestRequest.send(sender(config, resolver), request(endpoint))))
                .isInstanceOf(Delivered.class);
    }

    @Test
    void aNameWithoutAnAddressIsUnreachable() {
        WebhookConfig config = TestWebhookConfig.of(Duration.ofSeconds(5), 10);
        TargetResolver resolver = new TargetResolver(VERTX, config, host -> {
            throw new UnknownHostException(host);
        });
        assertThat(result(TestRequest.send(sender(config, resolver), request(URI.create("http://nowhere.example/")))))
                .isInstanceOfSatisfying(Unreachable.class, unreachable -> assertThat(unreachable.why())
                        .isEqualTo("the host name has no address"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"http:/path", "http://:8080/", "mailto:a@b.example", "http://127.0.0.1:99999/"})
    void aUrlThatLeadsNowhereIsUnreachable(String url) {
        assertThat(result(TestRequest.send(sender(), request(URI.create(url))))).isInstanceOf(Unreachable.class);
    }

    @Test
    void aLookupThatHangsEndsAtTheDeadline() {
        CountDownLatch testIsOver = new CountDownLatch(1);
        WebhookConfig config = TestWebhookConfig.of(Duration.ofMillis(200), 10);
        TargetResolver resolver = new TargetResolver(VERTX, config, host -> {
            try {
                testIsOver.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            throw new UnknownHostException(host);
        });

        assertThat(result(TestRequest.send(sender(config, resolver), request(URI.create("http://slow.example/")))))
                .isInstanceOfSatisfying(
                        TimedOut.class, timedOut -> assertThat(timedOut.doing()).isEqualTo("looking up the name"));
        testIsOver.countDown();
    }

    @Test
    void aBusyHostIsLookedUpOnce() {
        Map<String, AtomicInteger> lookups = new ConcurrentHashMap<>();
        WebhookConfig config = TestWebhookConfig.of(Duration.ofSeconds(5), 10, "127.0.0.0/8");
        TargetResolver resolver = new TargetResolver(VERTX, config, host -> {
            lookups.computeIfAbsent(host, ignored -> new AtomicInteger()).incrementAndGet();
            return new InetAddress[] {address("127.0.0.1")};
        });
        WebhookSender sender = sender(config, resolver);
        for (int i = 0; i < 30; i++) {
            result(TestRequest.send(sender, request(URI.create("http://busy.example:" + receiver.port() + "/"))));
        }
        assertThat(lookups.get("busy.example")).hasValue(1);
    }

    @Test
    void theIpv6LoopbackIsReachedThroughItsLiteral() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 10, InetAddress.ofLiteral("::1"))) {
            Thread.ofVirtual().start(() -> {
                try (var connection = socket.accept()) {
                    connection
                            .getOutputStream()
                            .write("HTTP/1.1 204 No Content\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    connection.getInputStream().readAllBytes();
                } catch (IOException e) {
                    // the test is over
                }
            });
            WebhookSender sender = sender(TestWebhookConfig.of(Duration.ofSeconds(5), 10, "::1"));
            URI endpoint = URI.create("http://[::1]:" + socket.getLocalPort() + "/");
            assertThat(result(TestRequest.send(sender, request(endpoint)))).isInstanceOf(Delivered.class);
        }
    }

    @Test
    void aRequestThatIsNotPermittedAnyMoreIsNotWritten() {
        SendResult result = result(TestRequest.send(sender(), request(receiver.uri()), () -> false));

        assertThat(result).isInstanceOf(Unreachable.class);
        assertThat(receiver.received()).isEmpty();
    }

    @Test
    void whatIsCutOffEndsAtOnceAndItsSocketIsClosed() {
        receiver.answer(hang());
        WebhookSender sender = sender();
        Future<SendResult> sending = TestRequest.send(sender, request(receiver.uri()), () -> true);
        receiver.await(1);
        long before = System.nanoTime();

        sender.cutOff();

        assertThat(result(sending)).isInstanceOf(Unreachable.class);
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(5));
        eventually("its connection is closed", () -> receiver.openConnections() == 0);
    }

    private SendResult send() {
        return result(TestRequest.send(sender(), request(receiver.uri())));
    }

    private WebhookSender sender() {
        return sender(Duration.ofSeconds(10));
    }

    private WebhookSender sender(Duration timeout) {
        return sender(TestWebhookConfig.of(timeout, 100, "127.0.0.0/8"));
    }

    private WebhookSender sender(WebhookConfig config) {
        return sender(config, new TargetResolver(VERTX, config));
    }

    private WebhookSender sender(WebhookConfig config, TargetResolver resolver) {
        WebhookSender sender = new WebhookSender(
                VERTX,
                TestRequest.loop(VERTX),
                resolver,
                config,
                Clock.fixed(NOW, ZoneOffset.UTC),
                new SplittableRandom(1),
                Tracing.off(),
                "1.2.3");
        senders.add(sender);
        return sender;
    }

    private static TestRequest request(URI endpoint) {
        return new TestRequest(
                endpoint,
                EVENT,
                new EventType("user.created"),
                1,
                Buffer.buffer("{\"a\":1}"),
                List.of(KEY),
                Map.of(),
                TargetAccess.PLAIN);
    }

    private static InetAddress address(String literal) {
        return InetAddress.ofLiteral(literal);
    }

    private static Answer answer(SendResult result) {
        return Objects.requireNonNull(result.answer());
    }

    private static SendResult result(Future<SendResult> sending) {
        try {
            return sending.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
