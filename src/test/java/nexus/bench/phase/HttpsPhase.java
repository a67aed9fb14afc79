package nexus.bench.phase;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nexus.bench.phase.DeliveryRate.Costs;
import nexus.bench.phase.DeliveryRate.Delivered;
import nexus.bench.receiver.Protocol;
import nexus.bench.receiver.SecureReceiver;
import nexus.bench.report.Figures;
import nexus.bench.report.Section;
import nexus.bench.report.Table;
import nexus.bench.subject.Subject;
import nexus.testkit.TestCertificate;

/**
 * The throughput over HTTPS with HTTP/1.1 and with HTTP/2, beside plain HTTP in the same round. Each protocol has its own
 * table, type and subscriptions, which trust the receiver's certificate.
 */
public final class HttpsPhase {
    private static final int ROUNDS = 3;
    /** For each way in and protocol: the code of the way in is compiled already, that of TLS is not. */
    private static final double WARM_UP_SECONDS = 8;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Subject subject;
    private final double seconds;
    private final double warmUpSeconds;

    /** @param warmUp seconds, at most */
    public HttpsPhase(Subject subject, double seconds, double warmUp) {
        this.subject = subject;
        this.seconds = seconds;
        this.warmUpSeconds = Math.min(warmUp, WARM_UP_SECONDS);
    }

    /** One way in, one after the other over each protocol. */
    record Round(Map<Protocol, Delivered> delivered) {
        private Delivered of(Protocol protocol) {
            Delivered measured = delivered.get(protocol);
            if (measured == null) {
                throw new IllegalStateException(protocol + " was not measured");
            }
            return measured;
        }

        double perSecond(Protocol protocol) {
            return of(protocol).perSecond();
        }

        Optional<Costs> costs(Protocol protocol) {
            return of(protocol).costs();
        }

        double toPlain(Protocol protocol) {
            return Figures.ratio(perSecond(protocol), perSecond(Protocol.PLAIN));
        }
    }

    /** @param rounds by the way in */
    record Result(Map<String, List<Round>> rounds) implements Section {
        private static final List<Protocol> SECURE = List.of(Protocol.HTTPS, Protocol.HTTP2);

        private static Round middle(List<Round> rounds, Protocol protocol) {
            return Figures.middle(rounds, round -> round.toPlain(protocol));
        }

        @Override
        public void json(ObjectNode root) {
            ObjectNode https = root.putObject("https");
            rounds.forEach((way, all) -> {
                ObjectNode into = https.putObject(way);
                for (Protocol protocol : SECURE) {
                    Round middle = middle(all, protocol);
                    ObjectNode one = into.putObject(protocol.field())
                            .put("eventsPerSecond", Figures.rounded(middle.perSecond(protocol)))
                            .put("plainPerSecond", Figures.rounded(middle.perSecond(Protocol.PLAIN)))
                            .put("ratioToPlain", Figures.rounded(middle.toPlain(protocol)));
                    middle.costs(protocol)
                            .ifPresent(costs ->
                                    one.put("nexusCpuSecondsPer1000", Figures.rounded(costs.nexusCpuSecondsPer1000())));
                    middle.costs(Protocol.PLAIN)
                            .ifPresent(costs -> one.put(
                                    "plainNexusCpuSecondsPer1000", Figures.rounded(costs.nexusCpuSecondsPer1000())));
                    Figures.ratios(one.putArray("ratios"), all, round -> round.toPlain(protocol));
                }
            });
        }

        @Override
        public void table(Table table) {
            rounds.forEach((way, all) -> {
                for (Protocol protocol : SECURE) {
                    table(table, way, all, protocol);
                }
            });
        }

        private static void table(Table table, String way, List<Round> all, Protocol protocol) {
            Round middle = middle(all, protocol);
            table.line(
                    (way.equals("rows") ? "Rows, " : "Published, ") + protocol.title(),
                    "%.0f/s, %.2f of plain HTTP's %.0f/s (rounds: %s)",
                    middle.perSecond(protocol),
                    middle.toPlain(protocol),
                    middle.perSecond(Protocol.PLAIN),
                    Table.texts("%.2f", all.stream().mapToDouble(round -> round.toPlain(protocol))));
            middle.costs(protocol).ifPresent(secure -> middle.costs(Protocol.PLAIN)
                    .ifPresent(plain -> table.line(
                            "  for 1000 events",
                            "Nexus %.3f s of CPU, plain HTTP %.3f s",
                            secure.nexusCpuSecondsPer1000(),
                            plain.nexusCpuSecondsPer1000())));
        }
    }

    /** @param folder that a folder for the certificate's key store is made in */
    public Section run(Path folder) throws Exception {
        String host = subject.receiverBase().getHost();
        TestCertificate certificate = TestCertificate.make(Files.createTempDirectory(folder, "certificate"), host);
        List<SecureReceiver> receivers = new ArrayList<>();
        List<String> subscriptions = new ArrayList<>();
        try {
            for (Protocol protocol : Protocol.values()) {
                URI endpoint = subject.endpoint("/count");
                String trust = "";
                if (protocol != Protocol.PLAIN) {
                    SecureReceiver receiver = SecureReceiver.start(
                            subject.receiver().receipts(), Subject.bindAddress(host), certificate, protocol);
                    receivers.add(receiver);
                    endpoint = URI.create("https://" + host + ":" + receiver.port() + "/count");
                    trust = ",\"tls\":{\"ca\":" + JSON.writeValueAsString(certificate.certificate()) + "}";
                }
                subject.followRows(protocol.field(), endpoint, trust).ifPresent(subscriptions::add);
                subscriptions.add(subject.followPublished(protocol.field(), endpoint, trust));
                new WarmUp(subject).run(protocol.field(), warmUpSeconds);
            }
            return measured();
        } finally {
            for (String subscription : subscriptions) {
                subject.api().unsubscribe(subscription);
            }
            for (Protocol protocol : Protocol.values()) {
                subject.dropTable(protocol.field());
            }
            receivers.forEach(SecureReceiver::close);
        }
    }

    private Section measured() throws Exception {
        List<Route> routes = new ArrayList<>();
        Map<String, List<Round>> rounds = new LinkedHashMap<>();
        try {
            for (Protocol protocol : Protocol.values()) {
                routes.add(new Route(protocol, new Ways(subject, protocol.field())));
            }
            for (int i = 0; i < ROUNDS; i++) {
                List<Route> order = i % 2 == 0 ? routes : routes.reversed();
                for (int way = 0; way < routes.getFirst().ways().all().size(); way++) {
                    Map<Protocol, Delivered> delivered = new EnumMap<>(Protocol.class);
                    for (Route route : order) {
                        Ways.Way one = route.ways().all().get(way);
                        delivered.put(route.protocol(), new DeliveryRate(subject, seconds / 2).of(one.writers()));
                    }
                    String field = routes.getFirst().ways().all().get(way).field();
                    rounds.computeIfAbsent(field, first -> new ArrayList<>()).add(new Round(delivered));
                }
            }
        } finally {
            for (Route route : routes) {
                route.ways().close();
            }
        }
        return new Result(rounds);
    }

    private record Route(Protocol protocol, Ways ways) {}
}
