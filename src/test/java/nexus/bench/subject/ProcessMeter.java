package nexus.bench.subject;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

/** What a process uses, alone or with those below it: from {@code /proc}, or from what Java knows where there is none. */
public final class ProcessMeter {
    /** Linux counts in hundredths of a second, whatever its kernel's own clock. */
    private static final double TICKS_PER_SECOND = 100;

    /** Behind the name in {@code /proc/PID/stat}: own time in user and system mode, then that of children that ended. */
    private static final int FIRST_TIME = 11;

    private final ProcessHandle process;
    private final boolean isTree;

    private ProcessMeter(ProcessHandle process, boolean isTree) {
        this.process = process;
        this.isTree = isTree;
    }

    public static ProcessMeter of(ProcessHandle process) {
        return new ProcessMeter(process, false);
    }

    public static ProcessMeter ofTree(ProcessHandle root) {
        return new ProcessMeter(root, true);
    }

    /** Seconds of CPU so far. */
    public double cpuSeconds() {
        double own = cpuSeconds(process, isTree);
        return isTree
                ? own
                        + process.descendants()
                                .mapToDouble(child -> cpuSeconds(child, false))
                                .sum()
                : own;
    }

    /** The most memory it has had at once, in bytes; where there is no {@code /proc}, what it has now; 0: unknown. */
    public long peakMemoryBytes() {
        Path status = Path.of("/proc", Long.toString(process.pid()), "status");
        try {
            if (!Files.exists(status)) {
                return 1024 * Long.parseLong(output("ps", "-o", "rss=", "-p", Long.toString(process.pid())));
            }
            try (Stream<String> lines = Files.lines(status)) {
                return lines.filter(line -> line.startsWith("VmHWM:"))
                        .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
                        .findFirst()
                        .orElse(0);
            }
        } catch (IOException | NumberFormatException e) {
            return 0;
        }
    }

    private static double cpuSeconds(ProcessHandle process, boolean withEndedChildren) {
        Path stat = Path.of("/proc", Long.toString(process.pid()), "stat");
        try {
            if (!Files.exists(stat)) {
                return process.info().totalCpuDuration().orElse(Duration.ZERO).toMillis() / 1000.0;
            }
            String text = Files.readString(stat, StandardCharsets.ISO_8859_1);
            String[] fields = text.substring(text.lastIndexOf(')') + 2).strip().split(" ", -1);
            long ticks = 0;
            for (int i = FIRST_TIME; i < FIRST_TIME + (withEndedChildren ? 4 : 2); i++) {
                ticks += Long.parseLong(fields[i]);
            }
            return ticks / TICKS_PER_SECOND;
        } catch (IOException e) { // ended in this moment
            return 0;
        }
    }

    private static String output(String... command) throws IOException {
        try (BufferedReader reader = new ProcessBuilder(command).start().inputReader()) {
            String line = reader.readLine();
            return line == null ? "" : line.strip();
        }
    }
}
