package nexus.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The server process of a data directory according to its {@code postmaster.pid}: line 1 has its id, line 4 its port. */
record Postmaster(ProcessHandle process, int port, Path pidFile) {
    /** The running server of this directory; empty when there is none, or when the file is stale. */
    static Optional<Postmaster> of(Path dataDirectory) {
        Path pidFile = dataDirectory.resolve("postmaster.pid");
        List<String> lines;
        try {
            lines = Files.readAllLines(pidFile);
        } catch (IOException e) {
            return Optional.empty();
        }
        if (lines.size() < 4) {
            return Optional.empty();
        }
        try {
            int port = Integer.parseInt(lines.get(3).strip());
            return ProcessHandle.of(Long.parseLong(lines.get(0).strip()))
                    .filter(ProcessHandle::isAlive)
                    .filter(Postmaster::isPostgres)
                    .map(process -> new Postmaster(process, port, pidFile));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** After a reboot the process id may belong to another program. */
    private static boolean isPostgres(ProcessHandle process) {
        return process.info()
                .command()
                .map(command -> command.endsWith("/postgres"))
                .orElse(true);
    }

    /**
     * A server removes the file last. In a container Nexus is process 1 and becomes the parent of its server, but does not
     * reap it, so a terminated server stays in the process table.
     */
    boolean ended() {
        return !process.isAlive() || Files.notExists(pidFile);
    }

    /**
     * PostgreSQL's fast shutdown, unless it has ended already. Sends the signal instead of {@code pg_ctl stop}, which refuses to run as root and needs
     * the folder of the programs, which is unknown for an adopted server.
     *
     * @return whether it has ended
     */
    boolean stop(Duration patience) throws IOException, InterruptedException {
        if (ended()) {
            return true;
        }
        new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
        long deadline = System.nanoTime() + patience.toNanos();
        while (!ended() && System.nanoTime() < deadline) {
            Thread.sleep(20); // onExit polls a process that is not a child too rarely
        }
        return ended();
    }
}
