package nexus.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import com.standardwebhooks.Webhook;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.impl.VertxInternal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import nexus.event.EventId;
import nexus.event.EventType;
import nexus.shape.Parcel;
import nexus.shape.TestParcel;
import nexus.target.KafkaCluster;
import nexus.target.KafkaCluster.Login;
import nexus.target.KafkaCluster.Protocol;
import nexus.target.KafkaTarget;
import nexus.target.Permission;
import nexus.target.SendResult;
import nexus.target.SendResult.Extent;
import nexus.target.SendingLoop;
import nexus.testkit.FreePort;
import nexus.testkit.TestKafka;
import nexus.webhook.guard.TargetResolver;
import nexus.webhook.guard.TestWebhookConfig;
import nexus.webhook.guard.WebhookConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Records to real brokers. */
class KafkaSenderTest {
    private static final byte[] KEY = "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    @TempDir
    static Path folder;

    private static Vertx vertx;
    private static TestKafka kafka;

    @BeforeAll
    static void start() throws Exception {
        vertx = Vertx.vertx();
        kafka = TestKafka.start(Files.createDirectory(folder.resolve("open")), "localhost", Map.of());
        kafka.createTopic("orders", 3, Map.of());
        kafka.createTopic("small", 1, Map.of("max.message.bytes", "2000"));
    }

    @AfterAll
    static void stop() throws Exception {
        kafka.close();
        vertx.close();
    }

    @Test
    void recordsCarryBodyHeadersAndKey() throws Exception {
        KafkaSender sender = sender(Duration.ofSeconds(15), "127.0.0.0/8", "localhost");
        List<CompletableFuture<SendResult>> sending = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            Parcel parcel = parcel("{\"n\":" + i + "}").orderedBy(i % 4);
            sending.add(future(sender, target("orders", Optional.empty()), parcel));
        }
        for (CompletableFuture<SendResult> one : sending) {
            assertThat(one.get(30, TimeUnit.SECONDS)).isInstanceOf(SendResult.Delivered.class);
        }
        assertThat(future(sender, target("orders", Optional.of("/customer/id")), parcel("{\"customer\":{\"id\":7.0}}"))
                        .get(30, TimeUnit.SECONDS))
                .isInstanceOf(SendResult.Delivered.class);
        List<ConsumerRecord<byte[], byte[]>> records = kafka.records("orders", 3, 41);
        assertThat(records).hasSize(41);
        Map<String, Set<Integer>> partitions = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            partitions
                    .computeIfAbsent(new String(record.key(), StandardCharsets.UTF_8), key -> new HashSet<>())
                    .add(record.partition());
        }
        assertThat(partitions.keySet())
                .containsExactlyInAnyOrder(
                        "0000000000000000", "0000000000000001", "0000000000000002", "0000000000000003", "7.0");
        assertThat(partitions.values()).allSatisfy(of -> assertThat(of).hasSize(1));
        ConsumerRecord<byte[], byte[]> record = records.getFirst();
        String body = new String(record.value(), StandardCharsets.UTF_8);
        assertThat(header(record, "X-Event-Id")).isEqualTo(new UUID(1, 2).toString());
        assertThat(header(record, "X-Delivery-Attempt")).isEqualTo("1");
        assertThat(header(record, "Content-Type")).isEqualTo("application/json");
        new Webhook(Base64.getEncoder().encodeToString(KEY))
                .verify(
                        body,
                        java.net.http.HttpHeaders.of(
                                Map.of(
                                        "webhook-id", List.of(header(record, "webhook-id")),
                                        "webhook-timestamp", List.of(header(record, "webhook-timestamp")),
                                        "webhook-signature", List.of(header(record, "webhook-signature"))),
                                (name, value) -> true));
    }

    @Test
    void aRecordThatWillNeverBeTakenIsRefusedForGood() throws Exception {
        KafkaSender sender = sender(Duration.ofSeconds(6), "127.0.0.0/8", "localhost");
        for (KafkaTarget target : List.of(target("small", Optional.empty()), target("nowhere", Optional.empty()))) {
            SendResult result = future(sender, target, parcel("\"" + "x".repeat(3000) + "\""))
                    .get(30, TimeUnit.SECONDS);
            assertThat(result).isInstanceOfSatisfying(SendResult.Refused.class, refused -> assertThat(refused.extent())
                    .isEqualTo(new Extent.ThisDeliveryForGood()));
        }
    }

    @Test
    void aClusterThatIsAwayIsNoFaultOfTheDelivery() throws Exception {
        KafkaSender sender = sender(Duration.ofSeconds(2), "127.0.0.0/8");
        KafkaTarget away = target(
                new KafkaCluster(
                        List.of("127.0.0.1:" + FreePort.next()),
                        Protocol.PLAINTEXT,
                        Optional.empty(),
                        Optional.empty()),
                "orders",
                Optional.empty());
        assertThat(future(sender, away, parcel("{}")).get(20, TimeUnit.SECONDS))
                .isInstanceOf(SendResult.OutOfService.class);
    }

    @Test
    void neitherANamedNorAnAnnouncedAddressEscapesTheGuard() throws Exception {
        KafkaSender none = sender(Duration.ofSeconds(2), "10.0.0.0/8");
        assertThat(future(none, target("orders", Optional.empty()), parcel("{}"))
                        .get(20, TimeUnit.SECONDS))
                .isInstanceOfSatisfying(SendResult.Blocked.class, blocked -> assertThat(blocked.address())
                        .isEqualTo("127.0.0.1"));
        Path data = Files.createDirectory(folder.resolve("elsewhere"));
        try (TestKafka elsewhere = TestKafka.start(data, "127.0.0.2", Map.of("ann", "s\\e\"c;ret"))) {
            elsewhere.createTopic("orders", 1, Map.of());
            KafkaTarget wrong = target(login(elsewhere, "other"), "orders", Optional.empty());
            assertThat(future(sender(Duration.ofSeconds(6), "127.0.0.0/8"), wrong, parcel("{}"))
                            .get(20, TimeUnit.SECONDS))
                    .isInstanceOfSatisfying(SendResult.OutOfService.class, refused -> assertThat(refused.why())
                            .isEqualTo("a broker refuses the login"));
            KafkaTarget right = target(login(elsewhere, "s\\e\"c;ret"), "orders", Optional.empty());
            assertThat(future(sender(Duration.ofSeconds(6), "127.0.0.1/32"), right, parcel("{}"))
                            .get(20, TimeUnit.SECONDS))
                    .isInstanceOfSatisfying(SendResult.Blocked.class, blocked -> assertThat(blocked.address())
                            .isEqualTo("127.0.0.2"));
        }
    }

    private static KafkaCluster login(TestKafka broker, String password) {
        return new KafkaCluster(
                List.of("127.0.0.1:" + broker.port()),
                Protocol.SASL_PLAINTEXT,
                Optional.of(new Login("PLAIN", "ann", password)),
                Optional.empty());
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    private static Parcel parcel(String body) {
        return TestParcel.of(new EventId(new UUID(1, 2)), new EventType("user.created"), Buffer.buffer(body));
    }

    private static KafkaTarget target(String topic, Optional<String> pointer) {
        return target(
                new KafkaCluster(
                        List.of("127.0.0.1:" + kafka.port()), Protocol.PLAINTEXT, Optional.empty(), Optional.empty()),
                topic,
                pointer);
    }

    private static KafkaTarget target(KafkaCluster cluster, String topic, Optional<String> pointer) {
        return new KafkaTarget(cluster, topic, pointer, List.of(KEY));
    }

    private static CompletableFuture<SendResult> future(KafkaSender sender, KafkaTarget target, Parcel parcel) {
        return sender.send(target, parcel, 1, Permission.ALWAYS)
                .toCompletionStage()
                .toCompletableFuture();
    }

    private static KafkaSender sender(Duration timeout, String... allow) {
        Context context = ((VertxInternal) vertx).createEventLoopContext();
        SendingLoop loop = () -> context;
        WebhookConfig config = TestWebhookConfig.of(timeout, 10, allow);
        return new KafkaSender(
                vertx,
                loop,
                new TargetResolver(vertx, config),
                config,
                Clock.systemUTC(),
                new SplittableRandom(1),
                "1.2.3");
    }
}
