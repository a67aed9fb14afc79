package nexus.bench.phase;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import nexus.bench.subject.ProcessMeter;

/** Drives the {@link Poster}, which runs with the same options of the Java machine as this process, and as Nexus. */
public final class Ceiling implements AutoCloseable {
    /** Requests at the same time: as many as one subscription may have under way. */
    private static final int CONCURRENCY = 32;

    private final Process process;
    private final Writer orders;
    private final BufferedReader answers;
    private final ProcessMeter meter;

    private Ceiling(Process process) {
        this.process = process;
        this.orders = process.outputWriter();
        this.answers = process.inputReader();
        this.meter = ProcessMeter.of(process.toHandle());
    }

    /** How fast it went. */
    public record Speed(double perSecond, double cpuSecondsPer1000) {
        public Speed halfwayTo(Speed later) {
            return new Speed((perSecond + later.perSecond) / 2, (cpuSecondsPer1000 + later.cpuSecondsPer1000) / 2);
        }
    }

    public static Ceiling start(Path folder, int port, byte[] body) throws IOException {
        Path file = folder.resolve("body.json");
        Files.write(file, body);
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                Poster.class.getName(),
                Integer.toString(port),
                Integer.toString(CONCURRENCY),
                file.toString()));
        return new Ceiling(new ProcessBuilder(command)
                .redirectError(Redirect.to(folder.resolve("ceiling.log").toFile()))
                .start());
    }

    public Speed measure(double seconds) throws IOException {
        double cpuBefore = meter.cpuSeconds();
        orders.write((long) (seconds * 1000) + "\n");
        orders.flush();
        String answer = answers.readLine();
        if (answer == null) {
            throw new IOException("the process that measures the ceiling has ended");
        }
        String[] numbers = answer.split(" ", -1);
        double answered = Double.parseDouble(numbers[0]);
        return new Speed(
                answered * 1e9 / Double.parseDouble(numbers[1]), (meter.cpuSeconds() - cpuBefore) * 1000 / answered);
    }

    @Override
    public void close() {
        process.destroy();
    }
}
