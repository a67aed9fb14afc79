package nexus.testkit;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** A Kafka broker in KRaft mode, in a process of its own on loopback. */
public final class TestKafka implements AutoCloseable {
    private final Process process;
    private final int port;

    private final Map<String, Object> clients;

    private TestKafka(Process process, int port, Map<String, Object> clients) {
        this.process = process;
        this.port = port;
        this.clients = clients;
    }

    /**
     * @param folder for its data
     * @param announced the host that it announces for itself
     * @param users passwords by name, for the login PLAIN; empty: no login
     */
    public static TestKafka start(Path folder, String announced, Map<String, String> users) throws Exception {
        int port = FreePort.next();
        int controller = FreePort.next();
        String protocol = users.isEmpty() ? "PLAINTEXT" : "SASL_PLAINTEXT";
        Properties settings = new Properties();
        settings.putAll(Map.of(
                "process.roles",
                "broker,controller",
                "node.id",
                "1",
                "controller.quorum.voters",
                "1@127.0.0.1:" + controller,
                "listeners",
                protocol + "://0.0.0.0:" + port + ",CONTROLLER://127.0.0.1:" + controller,
                "advertised.listeners",
                protocol + "://" + announced + ":" + port,
                "controller.listener.names",
                "CONTROLLER",
                "listener.security.protocol.map",
                "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT",
                "inter.broker.listener.name",
                protocol,
                "log.dirs",
                folder.resolve("data").toString()));
        settings.putAll(Map.of(
                "offsets.topic.replication.factor", "1",
                "offsets.topic.num.partitions", "1",
                "transaction.state.log.replication.factor", "1",
                "transaction.state.log.min.isr", "1",
                "auto.create.topics.enable", "false",
                "log.cleaner.enable", "false",
                "group.initial.rebalance.delay.ms", "0"));
        Map<String, Object> clients = new HashMap<>(Map.of("bootstrap.servers", "127.0.0.1:" + port));
        if (!users.isEmpty()) {
            settings.put("sasl.enabled.mechanisms", "PLAIN");
            settings.put("sasl.mechanism.inter.broker.protocol", "PLAIN");
            String first = users.keySet().iterator().next();
            clients.putAll(Map.of(
                    "security.protocol",
                    protocol,
                    "sasl.mechanism",
                    "PLAIN",
                    "sasl.jaas.config",
                    "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"" + first
                            + "\" password=\"" + escaped(users.getOrDefault(first, "")) + "\";"));
            settings.put(
                    "listener.name.sasl_plaintext.plain.sasl.jaas.config",
                    "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"" + first
                            + "\" password=\"" + escaped(users.getOrDefault(first, "")) + "\" "
                            + users.entrySet().stream()
                                    .map(user -> "user_" + user.getKey() + "=\"" + escaped(user.getValue()) + "\"")
                                    .collect(Collectors.joining(" "))
                            + ";");
        }
        Path file = folder.resolve("server.properties");
        try (var out = Files.newOutputStream(file)) {
            settings.store(out, null);
        }
        run(folder, "kafka.tools.StorageTool", "format", "-t", "MkU3OEVBNTcwNTJENDM2Qk", "-c", file.toString())
                .waitFor(60, TimeUnit.SECONDS);
        TestKafka broker = new TestKafka(run(folder, "kafka.Kafka", file.toString()), port, clients);
        broker.awaitPort();
        return broker;
    }

    private static String escaped(String password) {
        return password.replace("\\", "\\\\").replace("\"", "\\\"");
    }

    private static Process run(Path folder, String main, String... arguments) throws Exception {
        String classPath = Arrays.stream(System.getProperty("java.class.path").split(":"))
                .filter(entry -> !entry.contains("slf4j-jboss-logmanager"))
                .collect(Collectors.joining(":"));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                classPath,
                main));
        command.addAll(Arrays.asList(arguments));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("kafka.log").toFile()))
                .start();
    }

    private void awaitPort() {
        Eventually.eventually("a broker listens", () -> {
            try (java.net.Socket socket = new java.net.Socket(java.net.InetAddress.getLoopbackAddress(), port)) {
                return socket.isConnected();
            } catch (java.io.IOException e) {
                return false;
            }
        });
    }

    public int port() {
        return port;
    }

    public void createTopic(String name, int partitions, Map<String, String> settings) throws Exception {
        try (Admin admin = Admin.create(clients)) {
            admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1).configs(settings)))
                    .all()
                    .get(60, TimeUnit.SECONDS);
        }
    }

    /** Of a broker without login. All records of a topic, until there are as many. */
    public List<ConsumerRecord<byte[], byte[]>> records(String topic, int partitions, int count) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", "127.0.0.1:" + port, "auto.offset.reset", "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> all = new ArrayList<>();
            for (int i = 0; i < partitions; i++) {
                all.add(new TopicPartition(topic, i));
            }
            consumer.assign(all);
            consumer.seekToBeginning(all);
            Instant end = Instant.now().plusSeconds(20);
            while (records.size() < count && Instant.now().isBefore(end)) {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
            }
        }
        return records;
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().orTimeout(20, TimeUnit.SECONDS).join();
    }
}
