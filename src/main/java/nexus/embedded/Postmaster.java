package nexus.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The server process of a data directory, as its {@code postmaster.pid} tells of it: line 1 its id, line 4 its port. */
record Postmaster(ProcessHandle process, int port, Path pidFile) {
    /** The live server of this directory; empty when there is none, or when the file tells of one that is gone. */
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

    /** After a reboot the id may be another program's. */
    private static boolean isPostgres(ProcessHandle process) {
        return process.info()
                .command()
                .map(command -> command.endsWith("/postgres"))
                .orElse(true);
    }

    /**
     * The file is the last thing that a server removes. In a container Nexus is process 1, which its server then
     * belongs to and which collects nothing: the ended server stays in the table of processes.
     */
    boolean ended() {
        return !process.isAlive() || Files.notExists(pidFile);
    }

    /**
     * PostgreSQL's fast shutdown, unless it has ended already. The signal, not {@code pg_ctl stop}: that refuses to run as root, and needs the
     * folder of the programs, which an adopted server does not tell.
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
            Thread.sleep(20); // not onExit: for a process that is no child it looks only now and then
        }
        return ended();
    }
}
