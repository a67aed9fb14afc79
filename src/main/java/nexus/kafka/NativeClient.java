package nexus.kafka;

import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import java.util.Optional;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Readable;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.ApiVersionsResponse;
import org.apache.kafka.common.requests.InitProducerIdResponse;
import org.apache.kafka.common.requests.MetadataResponse;
import org.apache.kafka.common.requests.ProduceResponse;
import org.apache.kafka.common.requests.RequestAndSize;
import org.apache.kafka.common.requests.SaslAuthenticateResponse;
import org.apache.kafka.common.requests.SaslHandshakeResponse;
import org.apache.kafka.common.telemetry.internals.ClientTelemetryReporter;

/**
 * Methods of Kafka's client that the native executable replaces. The client reads every message of the protocol, also
 * those of brokers, consumers and administrators, and can report its metrics as protobuf. A producer that reports
 * nothing reaches none of it, but the native compiler cannot see that, and would link all of it. The JVM uses the
 * client as it is.
 */
final class NativeClient {
    private NativeClient() {}

    /** The answers to an idempotent producer without transactions. */
    @TargetClass(AbstractResponse.class)
    static final class Answers {
        private Answers() {}

        // No switch: its table is a class of this package, which would initialize ApiKeys when the executable is built.
        @Substitute
        public static AbstractResponse parseResponse(ApiKeys key, Readable answer, short version) {
            if (key == ApiKeys.PRODUCE) {
                return ProduceResponse.parse(answer, version);
            }
            if (key == ApiKeys.METADATA) {
                return MetadataResponse.parse(answer, version);
            }
            if (key == ApiKeys.INIT_PRODUCER_ID) {
                return InitProducerIdResponse.parse(answer, version);
            }
            if (key == ApiKeys.API_VERSIONS) {
                return ApiVersionsResponse.parse(answer, version);
            }
            if (key == ApiKeys.SASL_HANDSHAKE) {
                return SaslHandshakeResponse.parse(answer, version);
            }
            if (key == ApiKeys.SASL_AUTHENTICATE) {
                return SaslAuthenticateResponse.parse(answer, version);
            }
            throw new IllegalStateException("a producer makes no request of the kind " + key);
        }
    }

    /** Only brokers read requests. */
    @TargetClass(AbstractRequest.class)
    static final class Requests {
        private Requests() {}

        @Substitute
        @SuppressWarnings("DoNotCallSuggester") // the client's code calls it
        public static RequestAndSize parseRequest(ApiKeys key, short version, Readable request) {
            throw new IllegalStateException("a producer reads no requests");
        }
    }

    /** {@link ProducerSettings} turns them off. */
    @TargetClass(CommonClientConfigs.class)
    static final class Metrics {
        private Metrics() {}

        @Substitute
        public static Optional<ClientTelemetryReporter> telemetryReporter(String client, AbstractConfig config) {
            return Optional.empty();
        }
    }
}
