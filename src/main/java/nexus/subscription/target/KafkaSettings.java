package nexus.subscription.target;

import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import nexus.notation.Authority;
import nexus.refusal.Refusal;
import nexus.subscription.secret.SigningSecret;
import nexus.subscription.secret.SigningSecrets;
import nexus.target.KafkaCluster;
import nexus.target.KafkaCluster.Login;
import nexus.target.KafkaCluster.Protocol;
import nexus.target.KafkaTarget;
import nexus.target.TargetType;
import nexus.target.credential.TlsIdentity;
import nexus.webhook.guard.Endpoint;

/**
 * A topic.
 *
 * @param key JSON Pointer of the records' key in their value; empty: the ordering key
 */
public record KafkaSettings(KafkaCluster cluster, String topic, Optional<String> key, SigningSecrets secrets)
        implements TargetSettings.Signed {
    @Override
    public KafkaSettings with(SigningSecrets other) {
        return new KafkaSettings(cluster, topic, key, other);
    }

    @Override
    public TargetType type() {
        return TargetType.KAFKA;
    }

    @Override
    public String place() {
        return "kafka://" + String.join(",", cluster.brokers()) + '/' + topic;
    }

    @Override
    public String defaultName() {
        return topic;
    }

    @Override
    public List<URI> reaches() {
        return cluster.brokers().stream()
                .map(broker -> URI.create("kafka://" + broker))
                .toList();
    }

    @Override
    public KafkaTarget at(Instant now) {
        return new KafkaTarget(cluster, topic, key, secrets.keys(now));
    }

    @Override
    public KafkaTarget withoutCredentialsAt(Instant now) {
        Optional<Login> hidden =
                cluster.login().map(login -> new Login(login.mechanism(), login.username(), TargetHeaders.HIDDEN));
        return new KafkaTarget(
                new KafkaCluster(cluster.brokers(), cluster.protocol(), hidden, cluster.ca()),
                topic,
                key,
                secrets.keys(now));
    }

    /** Everything in it may be a credential. */
    @Override
    public String toString() {
        return "KafkaSettings[redacted]";
    }

    /** Its written form. */
    static final class Form extends ObjectForm<KafkaSettings> {
        private static final int MAX_BROKERS = 20;
        private static final int MAX_BROKER_TEXT = 2_048;
        private static final int MAX_CREDENTIAL = 1_000;
        private static final int DEFAULT_PORT = 9092;
        private static final Pattern TOPIC = Pattern.compile("(?!\\.{1,2}$)[A-Za-z0-9._-]{1,249}");
        private static final Pattern POINTER = Pattern.compile("(/([^/~]|~[01])*)+");
        private static final Pattern ONE_LINE = Pattern.compile("[^\\p{Cntrl}\u0085\u2028\u2029]+");

        /** It is replaced before the settings are used. */
        private static final SigningSecrets NO_SECRET = SigningSecrets.of(new SigningSecret("placeholder"));

        Form() {
            super(
                    TargetType.KAFKA,
                    "A topic of a Kafka cluster that gets signed records.",
                    new TargetFields(
                            TargetField.required(
                                    "brokers",
                                    new TargetField.Text(MAX_BROKER_TEXT, Optional.empty(), Form::brokers),
                                    "Brokers that are asked first: host:port, with commas between. Default port: "
                                            + DEFAULT_PORT + '.'),
                            TargetField.required(
                                    "topic",
                                    TargetField.Text.matching(
                                            249, TOPIC, "the name of a topic: letters, digits and . _ -"),
                                    "Where records go. Nexus creates no topic."),
                            TargetField.optional(
                                    "key",
                                    TargetField.Text.matching(
                                            500, POINTER, "a JSON Pointer such as /payload/data/record/id"),
                                    "JSON Pointer of the record's key in its value. Default, also where there is no such"
                                            + " value: the ordering key."),
                            TargetField.optional(
                                    "security",
                                    new TargetField.Inner(security()),
                                    "How connections are protected. Default: PLAINTEXT.")));
        }

        private static TargetFields security() {
            return new TargetFields(
                    TargetField.required(
                            "protocol",
                            new TargetField.Choice(Arrays.stream(Protocol.values())
                                    .map(Protocol::name)
                                    .toList()),
                            "With SASL there is a login; with SSL there is TLS."),
                    TargetField.optional(
                            "mechanism", new TargetField.Choice(Login.MECHANISMS), "Of the login. Default: PLAIN."),
                    TargetField.optional(
                            "username",
                            TargetField.Text.matching(MAX_CREDENTIAL, ONE_LINE, "text without control characters"),
                            "Required with SASL."),
                    TargetField.optional(
                                    "password",
                                    TargetField.Text.matching(
                                            MAX_CREDENTIAL, ONE_LINE, "text without control characters"),
                                    "Required with SASL.")
                            .secret(),
                    TargetField.optional(
                            "ca",
                            new TargetField.Text(TargetCredentials.MAX_PEM, Optional.empty(), Form::certificates),
                            "Certificates in PEM that are trusted instead of the platform's."));
        }

        private static String certificates(String text, String pointer) {
            if (!TlsIdentity.isCertificate(text)) {
                throw new Refusal.Invalid(pointer, "must be certificates in PEM");
            }
            return text;
        }

        private static String brokers(String text, String pointer) {
            List<String> brokers = Stream.of(text.split(",", -1))
                    .map(broker -> broker(broker.strip(), pointer))
                    .distinct()
                    .toList();
            if (brokers.size() > MAX_BROKERS) {
                throw new Refusal.Invalid(pointer, "must name at most " + MAX_BROKERS + " brokers");
            }
            return String.join(",", brokers);
        }

        private static String broker(String text, String pointer) {
            try {
                URI url = new URI("kafka://" + text);
                Authority authority = Authority.of(url);
                int port = authority.port() < 0 ? DEFAULT_PORT : authority.port();
                boolean isPlace = authority.userInfo().isEmpty()
                        && url.getRawPath().isEmpty()
                        && url.getRawQuery() == null
                        && url.getRawFragment() == null;
                if (isPlace && port <= 65_535 && Endpoint.isAllowedPort(port)) {
                    return authority.host().toLowerCase(Locale.ROOT) + ':' + port;
                }
            } catch (URISyntaxException e) {
                throw new Refusal.Invalid(pointer, "must be host:port, with commas between");
            } catch (IllegalArgumentException e) {
                throw new Refusal.Invalid(pointer, String.valueOf(e.getMessage()));
            }
            throw new Refusal.Invalid(
                    pointer, "must be host:port, with commas between; a port is 80, 443 or one from 1025 to 65535");
        }

        @Override
        public TargetFields fields() {
            return new TargetFields(Stream.concat(super.fields().all().stream(), Stream.of(WebhookForm.SECRET))
                    .toArray(TargetField[]::new));
        }

        @Override
        public Optional<KafkaSettings> read(TargetForm.Reading reading, Optional<KafkaSettings> before) {
            SigningSecrets known = before.map(KafkaSettings::secrets)
                    .orElseGet(() -> SigningSecrets.of(reading.generated().get()));
            SigningSecrets secrets = WebhookForm.secrets(reading.body(), known);
            if (before.isPresent() && reading.body().isNull("secret")) {
                reading.body().error("secret", "must not be null");
            }
            return super.read(reading, before)
                    .filter(target -> hasLogin(target, reading))
                    .map(target -> target.with(secrets));
        }

        /** {@link #of} leaves an incomplete login out. */
        private static boolean hasLogin(KafkaSettings settings, TargetForm.Reading reading) {
            if (settings.cluster().brokers().getFirst().equals(INCOMPLETE)) {
                reading.body().error(FIELD, "security", "must have username and password with SASL, and only then");
                return false;
            }
            return true;
        }

        private static final String INCOMPLETE = "incomplete";

        @Override
        KafkaSettings of(JsonObject values) {
            JsonObject security = values.getJsonObject("security", new JsonObject().put("protocol", "PLAINTEXT"));
            Protocol protocol = Protocol.valueOf(security.getString("protocol"));
            String username = security.getString("username");
            String password = security.getString("password");
            boolean isComplete = protocol.hasLogin()
                    ? username != null && password != null
                    : username == null && password == null && security.getString("mechanism") == null;
            Optional<Login> login = username == null || password == null
                    ? Optional.empty()
                    : Optional.of(new Login(security.getString("mechanism", "PLAIN"), username, password));
            KafkaCluster cluster = isComplete
                    ? new KafkaCluster(
                            List.of(values.getString("brokers").split(",")),
                            protocol,
                            login,
                            Optional.ofNullable(security.getString("ca")))
                    : new KafkaCluster(List.of(INCOMPLETE), Protocol.PLAINTEXT, Optional.empty(), Optional.empty());
            return new KafkaSettings(
                    cluster, values.getString("topic"), Optional.ofNullable(values.getString("key")), NO_SECRET);
        }

        @Override
        JsonObject values(KafkaSettings settings) {
            KafkaCluster cluster = settings.cluster();
            JsonObject values = new JsonObject()
                    .put("brokers", String.join(",", cluster.brokers()))
                    .put("topic", settings.topic());
            settings.key().ifPresent(key -> values.put("key", key));
            if (cluster.protocol() != Protocol.PLAINTEXT || cluster.ca().isPresent()) {
                JsonObject security =
                        new JsonObject().put("protocol", cluster.protocol().name());
                cluster.login().ifPresent(login -> security.put("mechanism", login.mechanism())
                        .put("username", login.username())
                        .put("password", login.password()));
                cluster.ca().ifPresent(ca -> security.put("ca", ca));
                values.put("security", security);
            }
            return values;
        }

        @Override
        public JsonObject stored(KafkaSettings settings) {
            JsonObject json = values(settings);
            WebhookForm.store(settings.secrets(), json);
            return json;
        }

        @Override
        public KafkaSettings ofStored(JsonObject json) {
            return of(json).with(WebhookForm.secrets(json));
        }

        @Override
        public Optional<String> moved(KafkaSettings before, KafkaSettings after) {
            if (!before.cluster().brokers().equals(after.cluster().brokers())) {
                return Optional.of("target.brokers");
            }
            boolean isLessSafe = before.cluster().protocol().isTls()
                    && !after.cluster().protocol().isTls();
            return isLessSafe || !before.cluster().ca().equals(after.cluster().ca())
                    ? Optional.of("target.security")
                    : Optional.empty();
        }
    }
}
