package nexus.target;

import java.util.List;
import java.util.Optional;

/**
 * Which cluster records go to, and as whom.
 *
 * @param brokers {@code host:port} of those that are asked first; IPv6 in brackets
 * @param ca certificates in PEM that are trusted instead of the platform's
 */
public record KafkaCluster(List<String> brokers, Protocol protocol, Optional<Login> login, Optional<String> ca) {
    /** How a connection is protected, in Kafka's words. */
    public enum Protocol {
        PLAINTEXT,
        SSL,
        SASL_PLAINTEXT,
        SASL_SSL;

        /** Whether there is a login. */
        public boolean hasLogin() {
            return this == SASL_PLAINTEXT || this == SASL_SSL;
        }

        public boolean isTls() {
            return this == SSL || this == SASL_SSL;
        }
    }

    /**
     * User and password.
     *
     * @param mechanism one of {@link #MECHANISMS}
     */
    public record Login(String mechanism, String username, String password) {
        public static final List<String> MECHANISMS = List.of("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512");

        // written out for the native executable, as in event.EventType
        @Override
        public boolean equals(Object other) {
            return other instanceof Login login
                    && mechanism.equals(login.mechanism)
                    && username.equals(login.username)
                    && password.equals(login.password);
        }

        @Override
        public int hashCode() {
            return 31 * username.hashCode() + password.hashCode();
        }

        @Override
        public String toString() {
            return "Login[redacted]";
        }
    }

    public KafkaCluster {
        brokers = List.copyOf(brokers);
        if (brokers.isEmpty() || protocol.hasLogin() != login.isPresent()) {
            throw new IllegalArgumentException("a cluster has a broker, and a login exactly when its protocol has one");
        }
    }

    // written out for the native executable, as in event.EventType
    @Override
    public boolean equals(Object other) {
        return other instanceof KafkaCluster cluster
                && brokers.equals(cluster.brokers)
                && protocol == cluster.protocol
                && login.equals(cluster.login)
                && ca.equals(cluster.ca);
    }

    @Override
    public int hashCode() {
        return 31 * brokers.hashCode() + login.hashCode();
    }

    @Override
    public String toString() {
        return "KafkaCluster[redacted]";
    }
}
