package nexus.queue.process;

import java.util.Optional;

/**
 * The content of {@code /proc/<pid>/stat}.
 *
 * @param started in ticks since the boot
 */
record ProcessStat(long pid, char state, long threads, long started) {
    // numbered from the first field after the name, which may contain blanks and brackets
    private static final int STATE = 0;
    private static final int THREADS = 17;
    private static final int STARTED = 19;

    static Optional<ProcessStat> parse(String line) {
        int name = line.indexOf(" (");
        int end = line.lastIndexOf(") ");
        if (name < 0 || end < name) {
            return Optional.empty();
        }
        String[] fields = line.substring(end + 2).strip().split(" ", -1);
        try {
            return fields.length <= STARTED || fields[STATE].length() != 1
                    ? Optional.empty()
                    : Optional.of(new ProcessStat(
                            Long.parseLong(line.substring(0, name)),
                            fields[STATE].charAt(0),
                            Long.parseLong(fields[THREADS]),
                            Long.parseLong(fields[STARTED])));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** Whether it has terminated and only waits to be reaped. Its first thread may end before the others. */
    boolean hasEnded() {
        return state == 'X' || (state == 'Z' && threads <= 1);
    }
}
