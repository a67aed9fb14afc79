package nexus.testkit;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The packaged program, run as a user would: in a process, a folder and an environment of its own. */
public final class NexusProgram {
    /** {@code -D…} for the program, whether it runs on a JVM, which reads it from here, or is a native executable. */
    static final String JVM_OPTIONS = "JAVA_TOOL_OPTIONS";

    /** A command that runs the program, such as {@code unshare}; not for the program itself. */
    public static final String RUN_BY = "NEXUS_TEST_RUN_BY";

    private static final Path FOLDERS = Path.of("target", "it").toAbsolutePath();

    /** The embedded database's programs, unpacked by whoever needs them first. */
    static final Path POSTGRES = FOLDERS.resolve("programs");

    private static final AtomicInteger RUNS = new AtomicInteger();
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private NexusProgram() {}

    /**
     * What a command left behind.
     *
     * @param output standard output and standard error as they came, mixed
     */
    public record Finished(int exitCode, String output) {}

    /** Runs a command to its end. */
    public static Finished run(Map<String, String> environment, String... arguments) {
        Path folder = freshFolder();
        Path output = folder.resolve("output.log");
        Process process = start(folder, output, environment, arguments);
        try {
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(
                        "did not end: nexus " + String.join(" ", arguments) + "\n" + Files.readString(output));
            }
            return new Finished(process.exitValue(), Files.readString(output));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Starts a command.
     *
     * @param output gets standard output and standard error, behind what is in it already
     * @param environment all that the process gets, apart from what every program needs
     */
    static Process start(Path folder, Path output, Map<String, String> environment, String... arguments) {
        Map<String, String> given = new HashMap<>(environment);
        List<String> command =
                new ArrayList<>(List.of(given.getOrDefault(RUN_BY, "").split(" ", -1)));
        given.remove(RUN_BY);
        command.addAll(program());
        if (isNative()) { // it takes properties as its first arguments
            command.addAll(List.of(given.getOrDefault(JVM_OPTIONS, "").split(" ", -1)));
            given.remove(JVM_OPTIONS);
        }
        command.removeIf(String::isEmpty);
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
        builder.environment().keySet().retainAll(List.of("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "USER"));
        builder.environment().putAll(given);
        try {
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A new, empty folder, for one run. */
    static Path freshFolder() {
        Path folder = FOLDERS.resolve(ProcessHandle.current().pid() + "-" + RUNS.incrementAndGet());
        try {
            return Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whole lines only: the last may still be being written. */
    static List<String> lines(Path output) {
        try {
            String text = Files.exists(output) ? Files.readString(output, StandardCharsets.UTF_8) : "";
            return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What SIGTERM may end with: the JVM's own status for it, or none of a failure. */
    public static List<Integer> statusesOfAPoliteEnd() {
        return isNative() ? List.of(0) : List.of(0, 143);
    }

    public static boolean isNative() {
        return !application().endsWith(".jar");
    }

    public static String application() {
        return Objects.requireNonNull(
                System.getProperty("nexus.application"), "the build names the packaged application here");
    }

    private static List<String> program() {
        if (isNative()) {
            return List.of(application());
        }
        String java = System.getProperty("java.home") + File.separator + "bin" + File.separator + "java";
        // as the script runs it, but with the compiler for short lives
        return List.of(
                java,
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-jar",
                application());
    }
}
