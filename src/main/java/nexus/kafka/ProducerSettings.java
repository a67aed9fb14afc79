package nexus.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import nexus.target.KafkaCluster;
import nexus.target.KafkaCluster.Login;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The settings of a client for one cluster. They contain the password and must not be printed. */
final class ProducerSettings {
    /** A bound, not an allocation: buffers are taken as records wait. */
    private static final long MEMORY = 48L << 20;

    private static final int LARGEST_RECORD = 40 << 20;
    private static final Duration LEAST = Duration.ofMillis(300);

    private ProducerSettings() {}

    /** @param timeout of one attempt; a record that has not been acknowledged is given up before it has passed */
    static ProducerConfig of(KafkaCluster cluster, String clientId, Duration timeout) {
        int third = Math.toIntExact(max(timeout.dividedBy(3), LEAST).toMillis());
        Map<String, Object> settings = new HashMap<>();
        settings.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, cluster.brokers());
        settings.put(ProducerConfig.CLIENT_ID_CONFIG, clientId);
        settings.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        settings.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        settings.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "none");
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 0L);
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, (long) third);
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, third);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, third + third / 2);
        settings.put(ProducerConfig.SOCKET_CONNECTION_SETUP_TIMEOUT_MS_CONFIG, (long) third);
        settings.put(ProducerConfig.SOCKET_CONNECTION_SETUP_TIMEOUT_MAX_MS_CONFIG, (long) third);
        settings.put(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000L);
        settings.put(ProducerConfig.BUFFER_MEMORY_CONFIG, MEMORY);
        settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, LARGEST_RECORD);
        settings.put(ProducerConfig.METRIC_REPORTER_CLASSES_CONFIG, List.of());
        settings.put(ProducerConfig.ENABLE_METRICS_PUSH_CONFIG, false);
        settings.put(
                CommonClientConfigs.SECURITY_PROTOCOL_CONFIG, cluster.protocol().name());
        cluster.login().ifPresent(login -> {
            settings.put(SaslConfigs.SASL_MECHANISM, login.mechanism());
            settings.put(SaslConfigs.SASL_JAAS_CONFIG, jaas(login));
        });
        cluster.ca().ifPresent(ca -> {
            settings.put(SslConfigs.SSL_TRUSTSTORE_TYPE_CONFIG, "PEM");
            settings.put(SslConfigs.SSL_TRUSTSTORE_CERTIFICATES_CONFIG, ca);
        });
        Properties quiet = new Properties();
        quiet.putAll(settings);
        return new ProducerConfig(quiet);
    }

    private static String jaas(Login login) {
        String module = login.mechanism().equals("PLAIN")
                ? "org.apache.kafka.common.security.plain.PlainLoginModule"
                : "org.apache.kafka.common.security.scram.ScramLoginModule";
        return module + " required username=" + quoted(login.username()) + " password=" + quoted(login.password())
                + ';';
    }

    /** Without control characters, which the settings refuse, only two characters have a meaning between quotes. */
    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private static Duration max(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }
}
