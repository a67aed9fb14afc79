package nexus.kafka;

import io.quarkus.runtime.annotations.RegisterForReflection;
import io.quarkus.runtime.annotations.RegisterResourceBundle;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import javax.security.auth.Subject;
import nexus.target.KafkaCluster;
import nexus.webhook.guard.TargetResolver;
import org.apache.kafka.clients.ApiVersions;
import org.apache.kafka.clients.ClientUtils;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.KafkaClient;
import org.apache.kafka.clients.MetadataRecoveryStrategy;
import org.apache.kafka.clients.NetworkClient;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.clients.producer.internals.ProducerInterceptors;
import org.apache.kafka.clients.producer.internals.ProducerMetadata;
import org.apache.kafka.common.internals.ClusterResourceListeners;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.utils.LogContext;
import org.apache.kafka.common.utils.Time;

/**
 * The client of one cluster, whose connections a {@link BrokerGuard} checks. Thread-safe.
 *
 * <p>The client has no public way to check addresses, but a constructor for its own tests that takes the part which
 * connects. That part is built here as the client itself builds it.
 */
@RegisterForReflection(
        targets = {KafkaProducer.class, ByteArraySerializer.class, Subject.class},
        classNames = { // what logs it in; what it only looks for is in META-INF/native-image
            "com.sun.security.sasl.ClientFactoryImpl",
            "java.security.AccessController",
            "org.apache.kafka.common.security.authenticator.AbstractLogin$DefaultLoginCallbackHandler",
            "org.apache.kafka.common.security.authenticator.DefaultLogin",
            "org.apache.kafka.common.security.authenticator.SaslClientCallbackHandler",
            "org.apache.kafka.common.security.plain.PlainLoginModule",
            "org.apache.kafka.common.security.scram.ScramLoginModule",
            "org.apache.kafka.common.security.scram.internals.ScramSaslClient$ScramSaslClientFactory",
            "org.apache.kafka.common.security.ssl.DefaultSslEngineFactory"
        })
@RegisterResourceBundle(bundleName = "sun.security.util.resources.security")
final class GuardedProducer {
    private static final AtomicLong OPENED = new AtomicLong();

    private final BrokerGuard guard;
    private final Metrics metrics;
    private final KafkaProducer<byte[], byte[]> producer;

    private GuardedProducer(BrokerGuard guard, Metrics metrics, KafkaProducer<byte[], byte[]> producer) {
        this.guard = guard;
        this.metrics = metrics;
        this.producer = producer;
    }

    /**
     * Opens no connection yet.
     *
     * @throws org.apache.kafka.common.KafkaException if the settings can't be used
     */
    static GuardedProducer open(KafkaCluster cluster, TargetResolver resolver, Duration timeout) {
        ProducerConfig config = ProducerSettings.of(cluster, "nexus-" + OPENED.incrementAndGet(), timeout);
        LogContext logContext = new LogContext();
        Time time = Time.SYSTEM;
        ProducerMetadata metadata = new ProducerMetadata(
                config.getLong(ProducerConfig.RETRY_BACKOFF_MS_CONFIG),
                config.getLong(ProducerConfig.RETRY_BACKOFF_MAX_MS_CONFIG),
                config.getLong(ProducerConfig.METADATA_MAX_AGE_CONFIG),
                config.getLong(ProducerConfig.METADATA_MAX_IDLE_CONFIG),
                logContext,
                new ClusterResourceListeners(),
                time);
        // Names are looked up when connecting, by the guard alone.
        metadata.bootstrap(
                cluster.brokers().stream().map(GuardedProducer::unresolved).toList());
        ApiVersions versions = new ApiVersions();
        Metrics metrics = new Metrics();
        BrokerGuard guard = new BrokerGuard(resolver, timeout);
        KafkaClient client = client(config, metadata, versions, metrics, guard, logContext, time);
        return new GuardedProducer(guard, metrics, producer(config, metadata, client, versions, time));
    }

    private static InetSocketAddress unresolved(String broker) {
        int colon = broker.lastIndexOf(':');
        String host = broker.substring(0, colon).replaceAll("[\\[\\]]", "");
        return InetSocketAddress.createUnresolved(host, Integer.parseInt(broker.substring(colon + 1)));
    }

    private static KafkaClient client(
            ProducerConfig config,
            ProducerMetadata metadata,
            ApiVersions versions,
            Metrics metrics,
            BrokerGuard guard,
            LogContext logContext,
            Time time) {
        return new NetworkClient(
                null,
                metadata,
                new BrokerGuard.GuardedSelector(
                        config.getLong(ProducerConfig.CONNECTIONS_MAX_IDLE_MS_CONFIG),
                        metrics,
                        time,
                        ClientUtils.createChannelBuilder(config, time, logContext),
                        logContext),
                config.getString(ProducerConfig.CLIENT_ID_CONFIG),
                config.getInt(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION),
                config.getLong(ProducerConfig.RECONNECT_BACKOFF_MS_CONFIG),
                config.getLong(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG),
                config.getInt(ProducerConfig.SEND_BUFFER_CONFIG),
                config.getInt(ProducerConfig.RECEIVE_BUFFER_CONFIG),
                config.getInt(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG),
                config.getLong(ProducerConfig.SOCKET_CONNECTION_SETUP_TIMEOUT_MS_CONFIG),
                config.getLong(ProducerConfig.SOCKET_CONNECTION_SETUP_TIMEOUT_MAX_MS_CONFIG),
                time,
                true,
                versions,
                null,
                logContext,
                guard,
                null,
                config.getLong(CommonClientConfigs.METADATA_RECOVERY_REBOOTSTRAP_TRIGGER_MS_CONFIG),
                MetadataRecoveryStrategy.forName(
                        config.getString(CommonClientConfigs.METADATA_RECOVERY_STRATEGY_CONFIG)));
    }

    @SuppressWarnings("unchecked") // the constructor's own type parameters
    private static KafkaProducer<byte[], byte[]> producer(
            ProducerConfig config, ProducerMetadata metadata, KafkaClient client, ApiVersions versions, Time time) {
        try {
            Constructor<?> constructor = KafkaProducer.class.getDeclaredConstructor(
                    ProducerConfig.class,
                    Serializer.class,
                    Serializer.class,
                    ProducerMetadata.class,
                    KafkaClient.class,
                    ProducerInterceptors.class,
                    ApiVersions.class,
                    Time.class);
            constructor.setAccessible(true);
            return (KafkaProducer<byte[], byte[]>) constructor.newInstance(
                    config,
                    new ByteArraySerializer(),
                    new ByteArraySerializer(),
                    metadata,
                    client,
                    null,
                    versions,
                    time);
        } catch (InvocationTargetException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this version of Kafka's client has another constructor", e);
        }
    }

    /** May wait for the cluster's metadata, within the client's bound. Failures go to the callback, or are thrown. */
    void send(ProducerRecord<byte[], byte[]> record, Callback callback) {
        Future<RecordMetadata> unused = producer.send(record, callback); // the callback hears the same
    }

    /** See {@link BrokerGuard#blocked}. */
    Optional<String> blocked() {
        return guard.blocked();
    }

    /** Records that are not acknowledged by then are given up. May wait for as long. */
    void close(Duration patience) {
        producer.close(patience);
        metrics.close();
    }
}
