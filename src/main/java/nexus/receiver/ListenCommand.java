package nexus.receiver;

import java.io.IOException;
import java.io.PrintStream;
import java.util.List;

/** {@code ./nexus listen}: a webhook receiver at the terminal. */
public final class ListenCommand {
    private ListenCommand() {}

    /**
     * Listens until the process ends or this thread is interrupted.
     *
     * @param args the arguments after {@code listen}
     * @return the exit code: 2 for a wrong option, 1 when the port cannot be opened
     */
    public static int run(String[] args, PrintStream out, PrintStream err) {
        List<String> given = List.of(args);
        if (given.contains("--help")) {
            out.println("usage: " + ListenOptions.USAGE);
            return 0;
        }
        ListenOptions options;
        try {
            options = ListenOptions.parse(given);
        } catch (IllegalArgumentException e) {
            err.println("nexus listen: " + e.getMessage());
            return 2;
        }
        try (TerminalReceiver receiver = TerminalReceiver.start(options, out)) {
            out.println("Listening on http://localhost:" + receiver.port());
            out.flush();
            Thread.currentThread().join();
            return 0;
        } catch (IOException e) {
            err.println("nexus listen: can't listen on port " + options.port() + " (" + e.getMessage()
                    + "); choose another with --port");
            return 1;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }
}
