package nexus.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import nexus.command.environment.Environment;
import nexus.command.environment.StartRefused;
import nexus.command.environment.Variable;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** The manifests against each other and against what the program knows. */
class KubernetesTest {
    private static final Path FOLDER = Path.of("deploy/kubernetes");
    private static final Map<String, String> LABELS = Map.of("app.kubernetes.io/name", "nexus");

    private final Map<Path, List<Node>> documents = documents();
    private final Node deployment = only("Deployment");
    private final Node pod = deployment.at("spec", "template");
    private final Node container = pod.at("spec").list("containers").getFirst();

    /** A part of a manifest; what is missing fails the test with its path. */
    private record Node(String path, Object value) {
        Node at(String... names) {
            Node node = this;
            for (String name : names) {
                node = node.child(name);
            }
            return node;
        }

        private Node child(String name) {
            assertThat(has(name)).as(path + "." + name).isTrue();
            return new Node(path + "." + name, Objects.requireNonNull(map().get(name)));
        }

        boolean has(String name) {
            return map().containsKey(name);
        }

        Map<?, ?> map() {
            assertThat(value).as(path).isInstanceOf(Map.class);
            return (Map<?, ?>) value;
        }

        List<Node> list(String name) {
            Object list = child(name).value();
            assertThat(list).as(path + "." + name).isInstanceOf(List.class);
            List<Node> nodes = new ArrayList<>();
            ((List<?>) list).forEach(item -> nodes.add(new Node(path + "." + name + "[" + nodes.size() + "]", item)));
            return nodes;
        }

        String text(String... names) {
            return String.valueOf(at(names).value());
        }

        int number(String... names) {
            return Integer.parseInt(text(names));
        }
    }

    @Test
    void everyFileIsNamedByItsKustomizationAndEveryNameIsAFile() {
        documents.forEach((file, nodes) -> {
            if (file.endsWith("kustomization.yaml")) {
                Set<String> named = nodes.getFirst().list("resources").stream()
                        .map(resource -> String.valueOf(resource.value()))
                        .collect(Collectors.toCollection(TreeSet::new));
                Set<String> there = documents.keySet().stream()
                        .filter(other ->
                                file.resolveSibling(other.getFileName()).equals(other))
                        .map(other -> other.getFileName().toString())
                        .filter(name -> !name.equals("kustomization.yaml") && !name.contains(".template."))
                        .collect(Collectors.toCollection(TreeSet::new));
                assertThat(named).as(file.toString()).isEqualTo(there);
            }
        });
        assertThat(only("Kustomization").list("resources")).hasSize(5);
    }

    @Test
    void everyManifestSaysWhatItIs() {
        all().forEach(node -> {
            assertThat(node.text("apiVersion")).as(node.path()).isNotBlank();
            if (!List.of("Kustomization", "Component").contains(node.text("kind"))) {
                assertThat(node.text("metadata", "name")).as(node.path()).startsWith("nexus");
                assertThat(node.at("metadata").has("namespace")).as(node.path()).isFalse();
            }
        });
    }

    @Test
    void theProbesAskTheManagementPortAndNoDatabaseThatIsAwayRestartsThePod() {
        Map<String, String> paths =
                Map.of("startupProbe", "started", "livenessProbe", "live", "readinessProbe", "ready");
        paths.forEach((probe, path) -> {
            Node node = container.at(probe);
            assertThat(node.text("httpGet", "path")).isEqualTo("/q/health/" + path);
            assertThat(ports()).containsEntry(node.text("httpGet", "port"), 9000);
            assertThat(node.text("httpGet", "port")).isEqualTo("management");
            // the readiness probe waits 3 s for the store
            assertThat(node.number("timeoutSeconds")).as(node.path()).isGreaterThan(3);
        });
        Node started = container.at("startupProbe");
        assertThat(started.number("failureThreshold") * started.number("periodSeconds"))
                .isGreaterThanOrEqualTo(24 * 3600);
    }

    @Test
    void everyVariableIsOneThatTheProgramKnowsAndItsValueParses() throws StartRefused {
        Set<String> known = Arrays.stream(Variable.values()).map(Variable::name).collect(Collectors.toSet());
        Map<String, String> set = new TreeMap<>();
        only("ConfigMap").at("data").map().forEach((name, value) -> set.put((String) name, (String) value));
        List<String> secrets = new ArrayList<>();
        for (Node variable : container.list("env")) {
            if (variable.has("value")) {
                set.put(variable.text("name"), variable.text("value"));
            } else {
                Node reference = variable.at("valueFrom", "secretKeyRef");
                assertThat(reference.text("name")).isEqualTo(only("Secret").text("metadata", "name"));
                assertThat(reference.text("key")).isEqualTo(variable.text("name"));
                secrets.add(variable.text("name"));
            }
        }
        assertThat(container.list("envFrom").getFirst().text("configMapRef", "name"))
                .isEqualTo(only("ConfigMap").text("metadata", "name"));
        assertThat(known).containsAll(set.keySet()).containsAll(secrets);
        assertThat(secrets)
                .allSatisfy(
                        secret -> assertThat(Variable.valueOf(secret).secret()).isTrue());
        assertThat(set.keySet()).noneMatch(name -> Variable.valueOf(name).secret());
        assertThat(only("Secret").at("stringData").map().keySet().stream().map(String::valueOf))
                .containsExactlyInAnyOrderElementsOf(secrets);
        set.put("DATABASE_URL", only("Secret").text("stringData", "DATABASE_URL"));

        Environment environment = Environment.read(set, Path.of("deploy"));

        assertThat(environment.warnings()).isEmpty();
        assertThat(ports())
                .containsEntry(
                        "http", Integer.valueOf(environment.value(Variable.PORT).orElse("")))
                .containsEntry(
                        "management",
                        Integer.valueOf(
                                environment.value(Variable.MANAGEMENT_PORT).orElse("")));
    }

    @Test
    void itRunsWithoutRightsAndWritesNothingButTmp() {
        Node inPod = pod.at("spec", "securityContext");
        Node inContainer = container.at("securityContext");
        assertThat(inPod.text("runAsNonRoot")).isEqualTo("true");
        assertThat(inPod.number("runAsUser")).isPositive();
        assertThat(inPod.text("seccompProfile", "type")).isEqualTo("RuntimeDefault");
        assertThat(inContainer.text("allowPrivilegeEscalation")).isEqualTo("false");
        assertThat(inContainer.text("readOnlyRootFilesystem")).isEqualTo("true");
        assertThat(inContainer.text("capabilities", "drop")).isEqualTo("[ALL]");
        assertThat(pod.text("spec", "automountServiceAccountToken")).isEqualTo("false");
        assertThat(pod.text("spec", "serviceAccountName"))
                .isEqualTo(only("ServiceAccount").text("metadata", "name"));
        assertThat(container.list("volumeMounts")).singleElement().satisfies(mount -> {
            assertThat(mount.text("mountPath")).isEqualTo("/tmp");
            assertThat(pod.at("spec").list("volumes"))
                    .extracting(volume -> volume.text("name"))
                    .containsExactly(mount.text("name"));
        });
        assertThat(container.at("resources", "requests").map().keySet().stream().map(String::valueOf))
                .containsExactlyInAnyOrder("cpu", "memory");
        assertThat(container.at("resources", "limits").has("memory")).isTrue();
    }

    @Test
    void aStopHasTheTimeThatItNeedsAndAnUpdateStartsBeforeItStops() {
        Environment environment = environmentOfConfigMap();
        long shutdown = Duration.parse(
                        environment.value(Variable.SHUTDOWN_TIMEOUT).orElse("PT20S"))
                .toSeconds();
        int pause = container.number("lifecycle", "preStop", "sleep", "seconds");
        assertThat(pod.number("spec", "terminationGracePeriodSeconds"))
                .isGreaterThanOrEqualTo((int) shutdown + pause + 10);
        assertThat(deployment.number("spec", "strategy", "rollingUpdate", "maxUnavailable"))
                .isZero();
        assertThat(deployment.number("spec", "strategy", "rollingUpdate", "maxSurge"))
                .isPositive();
        assertThat(deployment.number("spec", "replicas")).isGreaterThan(1);
    }

    @Test
    void everySelectorFindsThePodsAndEveryPortItsName() {
        assertThat(pod.at("metadata", "labels").map()).isEqualTo(LABELS);
        assertThat(deployment.at("spec", "selector", "matchLabels").map()).isEqualTo(LABELS);
        assertThat(only("PodDisruptionBudget")
                        .at("spec", "selector", "matchLabels")
                        .map())
                .isEqualTo(LABELS);
        List<Node> services = all("Service");
        assertThat(services).hasSize(2).allSatisfy(service -> {
            assertThat(service.at("spec", "selector").map()).isEqualTo(LABELS);
            assertThat(service.at("spec").list("ports")).singleElement().satisfies(port -> assertThat(ports())
                    .containsKey(port.text("targetPort")));
        });
        Node target = only("HorizontalPodAutoscaler").at("spec", "scaleTargetRef");
        assertThat(target.text("kind")).isEqualTo("Deployment");
        assertThat(target.text("name")).isEqualTo(deployment.text("metadata", "name"));

        Node monitor = only("ServiceMonitor");
        Node endpoint = monitor.at("spec").list("endpoints").getFirst();
        assertThat(endpoint.text("path")).isEqualTo("/q/metrics");
        Map<String, Object> wanted = new TreeMap<>();
        monitor.at("spec", "selector", "matchLabels").map().forEach((name, value) -> wanted.put((String) name, value));
        wanted.remove("app.kubernetes.io/name"); // the base's label, which kustomize gives to all
        assertThat(services)
                .filteredOn(service -> service.at("metadata").has("labels")
                        && service.at("metadata", "labels").map().equals(wanted))
                .singleElement()
                .satisfies(service -> assertThat(
                                service.at("spec").list("ports").getFirst().text("name"))
                        .isEqualTo(endpoint.text("port")));
        assertThat(only("Kustomization").list("labels").getFirst().at("pairs").map())
                .isEqualTo(LABELS);
    }

    @Test
    void noSecretHasAValueThatWouldBeApplied() {
        Node secret = only("Secret");
        assertThat(secret.path()).contains(".template.");
        assertThat(secret.text("stringData", "API_KEYS")).isEmpty();
        assertThat(secret.text("stringData", "NEXUS_SECRET_KEY")).isEmpty();
        assertThat(secret.text("stringData", "DATABASE_URL")).contains("PASSWORD");
    }

    private Environment environmentOfConfigMap() {
        Map<String, String> data = new TreeMap<>();
        only("ConfigMap").at("data").map().forEach((name, value) -> data.put((String) name, (String) value));
        try {
            return Environment.read(data, Path.of("deploy"));
        } catch (StartRefused e) {
            throw new AssertionError(e);
        }
    }

    private Map<String, Integer> ports() {
        return container.list("ports").stream()
                .collect(Collectors.toMap(port -> port.text("name"), port -> port.number("containerPort")));
    }

    private Stream<Node> all() {
        return documents.values().stream().flatMap(List::stream);
    }

    private List<Node> all(String kind) {
        return all().filter(node -> node.text("kind").equals(kind)).toList();
    }

    private Node only(String kind) {
        List<Node> found = all(kind);
        assertThat(found).as(kind).hasSize(1);
        return found.getFirst();
    }

    private static Map<Path, List<Node>> documents() {
        try (Stream<Path> files = Files.walk(FOLDER)) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .collect(Collectors.toMap(file -> file, KubernetesTest::documents, (a, b) -> a, TreeMap::new));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Node> documents(Path file) {
        try {
            return StreamSupport.stream(
                            new Yaml().loadAll(Files.readString(file)).spliterator(), false)
                    .map(document -> new Node(file.toString(), document))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
