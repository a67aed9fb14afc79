package nexus.command;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import nexus.command.environment.Environment;
import nexus.command.environment.StartRefused;
import nexus.command.environment.Variable;
import nexus.terminal.Printable;

/**
 * {@code nexus health [live|ready|started]}: queries a probe of the process that runs here with the same variables,
 * {@code ready} by default. It serves container images, which have no curl.
 */
public final class HealthCommand implements Command {
    private static final Set<String> PROBES = Set.of("live", "ready", "started");
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int LONGEST_ANSWER = 64 * 1024;

    @Override
    public int run(List<String> arguments) throws StartRefused {
        String probe = arguments.isEmpty() ? "ready" : arguments.getFirst();
        if (arguments.size() > 1 || !PROBES.contains(probe)) {
            throw new StartRefused("usage: nexus health [live|ready|started]");
        }
        URI uri = uri(Environment.current(), probe);
        try {
            return ask(uri);
        } catch (IOException e) {
            System.err.println("nexus: no answer from " + uri + ": " + e.getMessage());
            return FAILED;
        }
    }

    private static int ask(URI uri) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
        connection.setConnectTimeout((int) PATIENCE.toMillis());
        connection.setReadTimeout((int) PATIENCE.toMillis());
        try {
            boolean up = connection.getResponseCode() == HttpURLConnection.HTTP_OK;
            try (InputStream answer = up ? connection.getInputStream() : connection.getErrorStream()) {
                if (answer != null) {
                    System.out.println(Printable.lines(
                            new String(answer.readNBytes(LONGEST_ANSWER), StandardCharsets.UTF_8).strip()));
                }
            }
            return up ? DONE : FAILED;
        } finally {
            connection.disconnect();
        }
    }

    private static URI uri(Environment environment, String probe) {
        String host = environment
                .value(Variable.HOST)
                .filter(bound -> !Set.of("0.0.0.0", "::").contains(bound))
                .orElse("127.0.0.1");
        String port = environment.value(Variable.MANAGEMENT_PORT).orElse("9000");
        return URI.create(
                "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port + "/q/health/" + probe);
    }
}
