package nexus.testkit;

import static nexus.testkit.Eventually.eventually;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code nexus listen}, in a process of its own on a free port. */
public final class TerminalReceiver implements AutoCloseable {
    private static final String LISTENING = "Listening on ";

    private final Process process;
    private final Path output;

    private TerminalReceiver(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /** @param options behind {@code listen --port 0} */
    public static TerminalReceiver start(String... options) {
        Path folder = NexusProgram.freshFolder();
        Path output = folder.resolve("output.log");
        List<String> arguments = new ArrayList<>(List.of("listen", "--port", "0"));
        arguments.addAll(List.of(options));
        TerminalReceiver receiver = new TerminalReceiver(
                NexusProgram.start(folder, output, Map.of(), arguments.toArray(String[]::new)), output);
        eventually("listen listens", () -> receiver.address().isPresent());
        return receiver;
    }

    public URI uri() {
        return URI.create(address().orElseThrow() + "/hook");
    }

    /** Everything it has printed so far. */
    public String output() {
        return String.join("\n", NexusProgram.lines(output));
    }

    @Override
    public void close() {
        process.destroy();
    }

    private Optional<String> address() {
        return NexusProgram.lines(output).stream()
                .filter(line -> line.startsWith(LISTENING))
                .map(line -> line.substring(LISTENING.length()))
                .findFirst();
    }
}
