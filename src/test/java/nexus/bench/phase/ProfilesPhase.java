package nexus.bench.phase;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import nexus.bench.phase.Ceiling.Speed;
import nexus.bench.phase.ThroughputPhase.Round;
import nexus.bench.report.Figures;
import nexus.bench.report.Section;
import nexus.bench.report.Table;
import nexus.bench.subject.Subject;

/**
 * The packaged application on the JVM and the native executable, each with a database server of its own, in alternating
 * rounds: while one has load, the other is idle. Every round is between two measurements of the ceiling, and the ratios to
 * it are compared.
 */
public final class ProfilesPhase {
    private static final int ROUNDS = 5;

    private final Subject jvm;
    private final Subject executable;
    private final Ceiling ceiling;
    private final double seconds;

    public ProfilesPhase(Subject jvm, Subject executable, Ceiling ceiling, double seconds) {
        this.jvm = jvm;
        this.executable = executable;
        this.ceiling = ceiling;
        this.seconds = seconds;
    }

    /** One way in, measured on both. */
    record Pair(Round jvm, Round executable) {
        double nativeToJvm() {
            return Figures.ratio(executable.ofCeiling(), jvm.ofCeiling());
        }
    }

    /**
     * One way in.
     *
     * @param field in JSON
     * @param title in the table
     */
    record Compared(String field, String title, List<Pair> pairs) {
        private Pair middle() {
            return Figures.middle(pairs, Pair::nativeToJvm);
        }

        private List<Round> onJvm() {
            return pairs.stream().map(Pair::jvm).toList();
        }

        private List<Round> asExecutable() {
            return pairs.stream().map(Pair::executable).toList();
        }
    }

    /** @param jvmBytes the most memory that each has had, as the last parameter */
    record Result(List<Compared> ways, long jvmBytes, long nativeBytes) implements Section {
        @Override
        public void json(ObjectNode root) {
            ObjectNode profiles = root.putObject("profiles");
            for (Compared way : ways) {
                ObjectNode into = profiles.putObject(way.field());
                ThroughputPhase.Result.json(into.putObject("jvm"), way.middle().jvm());
                ThroughputPhase.Result.json(
                        into.putObject("native"), way.middle().executable());
                into.put("nativeToJvm", Figures.rounded(way.middle().nativeToJvm()));
                Figures.ratios(into.putArray("ratios"), way.pairs(), Pair::nativeToJvm);
            }
            profiles.putObject("memory").put("jvmPeakBytes", jvmBytes).put("nativePeakBytes", nativeBytes);
        }

        @Override
        public void table(Table table) {
            for (Compared way : ways) {
                ThroughputPhase.Result.table(table, way.title() + ", JVM", way.onJvm());
                ThroughputPhase.Result.table(table, "… native", way.asExecutable());
                table.line(
                        "  native to JVM",
                        "%.2f of its ratio to the ceiling (rounds: %s)",
                        way.middle().nativeToJvm(),
                        Table.texts("%.2f", way.pairs().stream().mapToDouble(Pair::nativeToJvm)));
            }
            table.line("Peak memory", "JVM %d MiB, native %d MiB", jvmBytes >> 20, nativeBytes >> 20);
        }
    }

    public Section run() throws Exception {
        ThroughputPhase onJvm = new ThroughputPhase(jvm, ceiling, seconds);
        ThroughputPhase asExecutable = new ThroughputPhase(executable, ceiling, seconds);
        List<Compared> compared = new ArrayList<>();
        try (Ways jvmWays = new Ways(jvm, WarmUp.MAIN);
                Ways nativeWays = new Ways(executable, WarmUp.MAIN)) {
            for (Ways.Way way : jvmWays.all()) {
                compared.add(new Compared(way.field(), way.title(), new ArrayList<>()));
            }
            Speed possible = ceiling.measure(seconds / 2);
            for (int i = 0; i < ROUNDS; i++) {
                for (int way = 0; way < compared.size(); way++) {
                    List<Round> rounds = new ArrayList<>();
                    possible = onJvm.addRound(rounds, jvmWays.all().get(way).writers(), possible);
                    possible = asExecutable.addRound(
                            rounds, nativeWays.all().get(way).writers(), possible);
                    compared.get(way).pairs().add(new Pair(rounds.getFirst(), rounds.getLast()));
                }
            }
        }
        return new Result(compared, peakMemory(jvm), peakMemory(executable));
    }

    private static long peakMemory(Subject subject) {
        return subject.inside().orElseThrow().nexus().peakMemoryBytes();
    }
}
